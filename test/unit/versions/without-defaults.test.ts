import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, TunableSettings, withoutDefaults } from '../../../src/spec/index.ts';
import { validEnvironment } from '../spec/arbitrary.ts';

const tuned = (settings: object) => withoutDefaults(TunableSettings, TunableSettings.parse(settings));

describe('GIVEN settings that were parsed', () => {
  it('WHEN their defaults are left out THEN what was chosen is left, in lists too', () => {
    expect(tuned({})).toEqual({});
    expect(tuned({ logLevel: 'info', ping: { intervalSeconds: 20 }, chat: { replay: 0 } })).toEqual({
      chat: { replay: 0 },
    });
    expect(
      tuned({
        cors: { origins: ['*'] },
        channels: {
          namespaces: [
            { name: 'news', historySize: 9 },
            { name: 'plain', presence: false },
          ],
        },
      }),
    ).toEqual({ channels: { namespaces: [{ name: 'news', historySize: 9 }, { name: 'plain' }] } });
  });

  it('WHEN what is left of random ones is parsed THEN they are the same again', () => {
    fc.assert(
      fc.property(validEnvironment, (document) => {
        const { settings } = parse(document).spec.server;
        expect(TunableSettings.parse(withoutDefaults(TunableSettings, settings))).toEqual(settings);
      }),
    );
  });
});
