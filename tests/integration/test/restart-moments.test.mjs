// kill -9 at the worst moments: while something is due, and in the middle of writing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { mintJwt } from '../../e2e/lib/jwt.mjs';
import { call } from '../../e2e/lib/visit.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { seeded } from '../lib/seeded.mjs';
import { at, both, config, enter, leave, overOnce, past, visit } from '../lib/short-visits.mjs';

describe('a server killed around the moment at which something is due', () => {
    const kRounds = 6;
    const kShortEmptyRoom = 1_500;
    const seed = Number(process.env.RESTART_SEED ?? 20260125);
    let hospital;
    before(async () => { hospital = await Hospital.open(config({ emptyRoom: kShortEmptyRoom })); });
    after(() => hospital?.close());

    const random = seeded(seed);
    for (let round = 1; round <= kRounds; ++round) {
        // The clock is looked at once a second, so somewhere in this time all of it happens.
        const offset = Math.round(random() * 1_800 - 300);
        test(`round ${round} of seed ${seed}: ${offset} ms after it`, async () => {
            const [nobody, one, met, emptied] = await Promise.all([3_000, 3_000, 3_000, 3_600_000].map((end) => visit(hospital, { end })));
            await Promise.all([enter(one, 'doctor'), both(met), both(emptied).then(async ({ doctor, patient }) => {
                await past(nobody.closes - kShortEmptyRoom);
                for (const peer of [doctor, patient]) await leave(peer);
            })]);
            await past(nobody.closes + offset);
            await hospital.crash();
            const looks = () => Promise.all([
                overOnce(hospital, nobody, 'EXPIRED', 'window_closed'), overOnce(hospital, one, 'NO_SHOW', 'window_closed'),
                overOnce(hospital, met, 'COMPLETED', 'window_closed'), overOnce(hospital, emptied, 'COMPLETED', 'room_empty')]);
            const first = await looks();
            await hospital.crash();
            assert.deepEqual(await looks(), first);
        });
    }
});

test('a server killed in the middle of writing has kept all that it acknowledged, and a request sent again is done once', async () => {
    const hospital = await Hospital.open(config());
    try {
        const doctor = 'doctor-who-writes';
        const token = hospital.secret(mintJwt(hospital.jwtSecret, { sub: doctor, role: 'DOCTOR' }));
        const create = (key) => call(hospital, 'POST', '/api/video/sessions', {
            token,
            headers: { 'Idempotency-Key': key },
            body: { doctor_id: doctor, patient_id: key, scheduled_start_time: at(1_900_000_000_000), scheduled_end_time: at(1_900_001_000_000) },
        });
        const acknowledged = new Map();
        const unheard = [];
        let enough;
        const many = new Promise((done) => { enough = done; });
        const writers = Array.from({ length: 8 }, async (_, writer) => {
            for (let i = 0; ; ++i) {
                const key = `key-${writer}-${i}`;
                const answer = await create(key).catch(() => undefined);
                if (answer?.status !== 201) return unheard.push(key);
                acknowledged.set(key, answer.json);
                if (acknowledged.size === 60) enough();
            }
        });
        await many;
        await hospital.crash();
        await Promise.all(writers);
        assert.ok(unheard.length > 0);
        for (const session of acknowledged.values()) {
            const kept = await call(hospital, 'GET', `/api/video/sessions/${session.session_id ?? session.id}`, { token });
            assert.equal(kept.status, 200, kept.text);
        }
        for (const key of [...acknowledged.keys(), ...unheard]) {
            const again = await create(key);
            assert.equal(again.status, 201, again.text);
            for (const name of ['doctor_token', 'patient_token']) hospital.secret(again.json[name]);
            const before = acknowledged.get(key);
            if (before) assert.deepEqual(again.json, before);
        }
        const counts = await hospital.rows('SELECT count(*) AS all_of_them, count(DISTINCT patient_id) AS keys FROM video_consultation_sessions');
        const total = acknowledged.size + unheard.length;
        assert.deepEqual(counts, [{ all_of_them: total, keys: total }]);
    } finally {
        await hospital.close();
    }
});
