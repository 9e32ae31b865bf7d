import { changes, deliveredLine, healthLines, type Progress } from './progress-lines.ts';
import { Redraw } from './redraw.ts';

/** As text for people on standard error, drawn anew on a terminal; as JSON a line each on standard output. */
export function progressOf(output: 'text' | 'json'): Progress {
  if (output === 'json') return jsonProgress();
  return process.stderr.isTTY && process.env.TERM !== 'dumb' ? new Redraw(process.stderr) : lineProgress();
}

function lineProgress(): Progress {
  const changed = changes();
  return {
    delivered: (one) => console.error(deliveredLine(one)),
    health(objects) {
      for (const object of changed(objects)) console.error(healthLines(object).join('\n'));
    },
    end() {},
  };
}

function jsonProgress(): Progress {
  const changed = changes();
  const print = (event: object) => console.log(JSON.stringify(event));
  return {
    delivered: ({ object: { kind, metadata }, did }) =>
      print({ event: 'delivered', kind, namespace: metadata.namespace, name: metadata.name, did }),
    health(objects) {
      for (const object of changed(objects)) print({ event: 'health', ...object });
    },
    end() {},
  };
}
