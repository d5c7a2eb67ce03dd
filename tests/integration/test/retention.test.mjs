// What is kept of a session that is over, and for how long: sessions of days ago, on a running server.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { shipped } from '../lib/config.mjs';
import { plugins } from '../lib/daemon.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { until } from '../lib/within.mjs';

const kConfig = shipped(
    ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`],
    ['# retention:', 'retention: {names: 1d, metadata: 1d, device_information: 1d, closed_sessions: 3d}\n#']);

async function ended(hospital) {
    const visit = await Visit.create(hospital, { metadata: { ward: 'north' } });
    const joined = await visit.join(visit.patientJwt, { display_name: 'Grace', device_type: 'phone', browser_info: 'Firefox' });
    assert.equal(joined.status, 200);
    assert.equal((await visit.post('quality', visit.patientJwt, { rtt_ms: 40 })).status, 204);
    assert.equal((await visit.post('end', visit.doctorJwt)).status, 200);
    return visit.id;
}

/// What is left of a session in the file of records: null where nothing is.
async function left(hospital, id) {
    const [session] = await hospital.rows('SELECT metadata FROM video_consultation_sessions WHERE id = ?', id);
    const [person] = await hospital.rows(
        'SELECT display_name, device_type, browser_info FROM video_consultation_attendees WHERE session_id = ?', id);
    const [{ samples }] = await hospital.rows('SELECT count(*) AS samples FROM video_consultation_quality WHERE session_id = ?', id);
    return { session, person, samples };
}

test('what has been kept for its time is removed at the next start, once, and nothing else', async () => {
    const hospital = await Hospital.open(kConfig);
    try {
        const [fresh, aged, old] = [await ended(hospital), await ended(hospital), await ended(hospital)];
        await hospital.crash(1, async () => {
            await hospital.age(aged, 2);
            await hospital.age(old, 4);
        });
        const removals = ['names', 'metadata', 'device_information'].map((what) => `session.${what}_removed`);
        await until(async () => (await hospital.events(old))['session.erased'], 'the old session to be erased');
        await until(async () => {
            const told = await hospital.events(aged);
            return removals.every((type) => told[type]);
        }, 'the parts of the aged session to be removed');

        assert.deepEqual(await left(hospital, old), { session: undefined, person: undefined, samples: 0 });
        assert.deepEqual(await left(hospital, aged),
            { session: { metadata: null }, person: { display_name: null, device_type: null, browser_info: null }, samples: 0 });
        const whole = await left(hospital, fresh);
        assert.deepEqual([JSON.parse(whole.session.metadata), whole.person, whole.samples],
            [{ ward: 'north' }, { display_name: 'Grace', device_type: 'phone', browser_info: 'Firefox' }, 1]);

        await hospital.crash();
        await hospital.daemon.logged((line) => line.event === 'retention of earlier sessions is as configured');
        for (const type of removals) assert.equal((await hospital.events(aged))[type], 1, type);
        assert.equal((await hospital.events(old))['session.erased'], 1);
        assert.deepEqual(Object.keys(await hospital.events(fresh)).filter((type) => /removed|erased/.test(type)), []);
    } finally {
        await hospital.close();
    }
});
