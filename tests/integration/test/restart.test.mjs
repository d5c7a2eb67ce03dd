// kill -9 in every state of a visit: afterwards all that was acknowledged is there, and what is due happens, once.
import { after, before, describe, test } from 'node:test';

import { Hospital } from '../lib/hospital.mjs';
import { scenarios } from '../lib/restart-scenarios.mjs';
import { config } from '../lib/short-visits.mjs';

for (const times of [1, 2]) {
    describe(times === 1 ? 'a server killed' : 'a server killed twice in a row', { concurrency: true }, () => {
        let hospital;
        let prepared;
        before(async () => {
            hospital = await Hospital.open(config());
            const entries = await Promise.all(Object.entries(scenarios).map(async ([name, { prepare }]) => [name, await prepare(hospital)]));
            prepared = Object.fromEntries(entries);
            await hospital.crash(times);
        });
        after(() => hospital?.close());
        for (const [name, { then }] of Object.entries(scenarios)) test(name, () => then(hospital, prepared[name]));
    });
}
