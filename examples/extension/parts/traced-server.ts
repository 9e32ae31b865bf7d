import type { Construct } from 'constructs';
import { RealtimeServer, type RealtimeServerProps } from 'tidegate/constructs';
import { parseSection } from 'tidegate/spec';

/** The server with a collector of traces beside it. */
export class TracedServer extends RealtimeServer {
  constructor(scope: Construct, id: string, props: RealtimeServerProps) {
    const { server } = props.spec;
    const collector = { name: 'collector', image: 'registry.acme.example/otel-collector:0.139.0' };
    const { sidecars = [] } = parseSection('server', { sidecars: [collector] });
    const spec = {
      ...props.spec,
      server: { ...server, sidecars: [...(server.sidecars ?? []), ...sidecars] },
    };
    super(scope, id, { ...props, spec });
  }
}
