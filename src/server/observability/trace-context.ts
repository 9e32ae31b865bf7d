import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * The place of a request or WebSocket in a trace over many services, as W3C Trace Context has it.
 *
 * @see https://www.w3.org/TR/trace-context/
 */
export interface Trace {
  /** 32 hexadecimal digits: those of the caller, or new where none called with a trace. */
  readonly traceId: string;
  /** 16 hexadecimal digits, of this request alone; the caller's span is its parent. */
  readonly spanId: string;
  /** Two hexadecimal digits: 01 when the caller records the trace. Of a new trace 00, since nothing here records it. */
  readonly flags: string;
  /** What calls to other services are to say, in the header of this name. */
  readonly traceparent: string;
  /** The same; undefined when the caller had none. */
  readonly tracestate: string | undefined;
}

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Later versions may have more after the flags. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:$|-)/;
const FIRST_VERSION = '00';
const FIRST_VERSION_LENGTH = 55;
/** Sampled, and that the trace's id is random: those that are defined. The others are not passed on. */
const KNOWN_FLAGS = 0x03;
const MOST_MEMBERS = 32;
const MEMBER =
  /^(?:[a-z0-9][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/** What is not exactly of its form is ignored: a trace begins anew rather than wrongly. */
export function traceOf({ traceparent, tracestate }: IncomingHttpHeaders): Trace {
  const caller = typeof traceparent === 'string' ? readTraceparent(traceparent) : undefined;
  const { traceId, flags } = caller ?? { traceId: randomHex(TRACE_ID_BYTES), flags: '00' };
  const spanId = randomHex(SPAN_ID_BYTES);
  return {
    traceId,
    spanId,
    flags,
    traceparent: `${FIRST_VERSION}-${traceId}-${spanId}-${flags}`,
    tracestate: caller === undefined ? undefined : readTracestate(tracestate),
  };
}

/** Fields of the log, by the names that OpenTelemetry has for them. */
export function traceFields({ traceId, spanId, flags }: Trace): Readonly<Record<string, string>> {
  return { trace_id: traceId, span_id: spanId, trace_flags: flags };
}

function readTraceparent(header: string): Pick<Trace, 'traceId' | 'flags'> | undefined {
  const [, version, traceId = '', flags = ''] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined) return undefined;
  if (version === FIRST_VERSION && header.length !== FIRST_VERSION_LENGTH) return undefined;
  const known = Number.parseInt(flags, 16) & KNOWN_FLAGS;
  return { traceId, flags: known.toString(16).padStart(2, '0') };
}

function readTracestate(header: string | string[] | undefined): string | undefined {
  const members = [header ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  if (members.length === 0 || members.length > MOST_MEMBERS) return undefined;
  return members.every((member) => MEMBER.test(member)) ? members.join(',') : undefined;
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
