// Records and presence in Redis: a Redis that could lose them is refused; what was acknowledged outlives every crash; while Redis is
// away rooms go on, REST says so in time, and nothing has to be restarted afterwards.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { builtIn } from '../lib/control.mjs';
import { Daemon, exits, freePort } from '../lib/daemon.mjs';
import { Hospital } from '../lib/hospital.mjs';
import { assertAway } from '../lib/load.mjs';
import { Peer } from '../lib/peer.mjs';
import { Redis, kDurable } from '../lib/redis.mjs';
import { configuration } from '../lib/storages.mjs';
import { get, outliveTheServer, takenRoom } from '../lib/stored-visits.mjs';
import { until } from '../lib/within.mjs';

const inRedis = (url, more = {}) => ({ TELEVISIT_STORAGE: 'redis', TELEVISIT_REDIS_URL: url, ...more });
describe('a server does not start', () => {
    const secret = 'correct-horse-battery';
    async function refusal(url, more) {
        const result = await Daemon.run({ config: builtIn(), env: inRedis(url, more) });
        assert.equal(result.code, exits.startFailed, result.output);
        assert.ok(!result.output.includes(secret), 'a secret in the log');
        return result.output;
    }

    for (const [what, options, says] of [
        ['appends nothing to a file', {}, /records need `appendonly yes` in its redis\.conf/],
        ['writes to its disk every second', { appendonly: 'yes', appendfsync: 'everysec' }, /records need `appendfsync always`/],
        ['may drop what it holds', { ...kDurable, 'maxmemory-policy': 'allkeys-lru' }, /records need `maxmemory-policy noeviction`/],
        ['is part of a cluster', { 'cluster-enabled': 'yes' }, /part of a cluster; give one that stands alone/],
        ['follows another one', { replicaof: '127.0.0.1 1' }, /it is a replica; give the address of the master/],
        ['wants a password', { ...kDurable, requirepass: secret }, /NOAUTH \(it wants a password\)/],
    ])
        test(`on a Redis that ${what}`, async () => {
            const redis = await Redis.open({ options, password: options.requirepass });
            try {
                assert.match(await refusal(`unix:${redis.socket}`), says);
            } finally {
                await redis.close();
            }
        });

    test('with a wrong password, an unknown user or a database that is not there, and says which', async () => {
        const redis = await Redis.open({ options: kDurable, password: secret });
        try {
            const url = `unix:${redis.socket}`;
            assert.match(await refusal(url, { TELEVISIT_REDIS_PASSWORD: `${secret}x` }), /WRONGPASS \(the user or the password is wrong\)/);
            assert.match(await refusal(url, { TELEVISIT_REDIS_USER: 'nobody', TELEVISIT_REDIS_PASSWORD: secret }), /WRONGPASS/);
            const port = await freePort();
            assert.match(await refusal(`redis://:${secret}@127.0.0.1:${port}/0`), /the connection was lost, or cannot be made/);
        } finally {
            await redis.close();
        }
    });

    for (const [url, says] of [
        [`rediss://u:${secret}@localhost`, /televisitd\.yaml:\d+:\d+: the URL of Redis asks for TLS.*let stunnel carry the connection/],
        [`redis-sentinel://:${secret}@localhost/m`, /televisitd\.yaml:\d+:\d+: the URL of Redis names Sentinel.*always leads to the master/],
        [`redis://u:${secret}@one,two`, /televisitd\.yaml:\d+:\d+: the URL of Redis names several servers: give one/],
    ])
        test(`with ${url.split(':')[0]} and ${url.split('@')[1]}, and says what to do instead`, async () => {
            assert.match(await refusal(url), says);
        });
});

describe('visits', () => {
    let redis;
    let hospital;
    const secrets = new Set();
    before(async () => {
        redis = await Redis.open({ options: kDurable });
        hospital = await Hospital.open(configuration('storage-redis'), { env: inRedis(`unix:${redis.socket}`) });
    });
    after(async () => {
        await hospital?.close();
        await redis?.close();
    });

    const room = () => takenRoom(hospital, secrets);

    test('are kept: made, joined, entered, ended, and the same after the server was killed', async () => {
        const visit = await outliveTheServer(hospital, secrets);
        const minutes = await redis.cli('HGET', `televisit:metrics:${visit.id}`, 'session_duration_minutes');
        assert.match(minutes, /^\d+\.\d\d$/);
    });

    for (const [how, leave, back] of [
        ['is held still', async () => redis.pause(), async () => redis.resume()],
        ['is killed', () => redis.kill(), () => redis.start()],
    ])
        test(`while Redis ${how}, rooms go on, REST answers 503 in time, and all works when it is back`, async () => {
            const { visit, doctor, patient } = await room();
            const before = (await get(visit)).json;
            await leave();
            try {
                const answers = await Promise.all(Array.from({ length: 20 }, () => get(visit)));
                for (const answer of answers) assertAway(answer);
                assertAway(await visit.join(visit.patientJwt));
                await doctor.reaches(patient, 'said while Redis is away');
                await patient.reaches(doctor, 'answered while Redis is away');
                assert.equal((await hospital.daemon.get('/health/live')).status, 200);
            } finally {
                await back();
            }
            await until(async () => (await get(visit)).status === 200, 'the session after Redis came back');
            assert.equal((await get(visit)).json.created_at, before.created_at);
            await until(async () => (await visit.join(visit.patientJwt)).status === 200, 'a join after Redis came back');
            await doctor.reaches(patient, 'and on');
            assert.ok(await hospital.daemon.metric('televisit_redis_connections_lost_total', { of: 'records' }) > 0);
            const again = await room();
            for (const peer of [doctor, patient, again.doctor, again.patient]) peer.destroy();
        });

    test('what the plugin counts is clean under promtool', async () => {
        const text = await (await hospital.daemon.admin('/metrics')).text();
        assert.match(text, /^televisit_redis_connections\{[^}]*of="presence"[^}]*\} \d+$/m);
        const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
        assert.equal(promtool.status, 0, promtool.stdout + promtool.stderr);
        assert.equal((promtool.stdout + promtool.stderr).trim(), '');
    });

    test('no file of Redis holds a token', async () => {
        const bytes = await redis.files();
        assert.match(bytes, /televisit:session:/);
        assert.match(bytes, /REDIS0/, 'a snapshot');
        assert.ok(secrets.size > 0);
        for (const text of secrets) assert.ok(!bytes.includes(text), 'a token in clear');
    });
});

test('no server starts beside a copy that is not finished, whatever it asks of Redis', async () => {
    const redis = await Redis.open({ options: kDurable });
    try {
        await redis.cli('SET', 'televisit:form', 'unfinished copy');
        const env = { TELEVISIT_STORAGE: 'redis', TELEVISIT_REDIS_URL: `unix:${redis.socket}` };
        for (const durable of ['true', 'false']) {
            const refused = await Daemon.run({ config: configuration('storage-redis'), env: { ...env, TELEVISIT_REDIS_DURABLE: durable } });
            assert.equal(refused.code, exits.startFailed, refused.output);
            assert.match(refused.output, /is the target of a copy that is not finished/);
        }
    } finally {
        await redis.close();
    }
});

describe('rooms in a Redis that may lose them, with records elsewhere', () => {
    test('go on when it comes back empty, and people enter again', async () => {
        const redis = await Redis.open();
        const env = { TELEVISIT_ROOMS: 'redis', TELEVISIT_REDIS_DURABLE: 'false', TELEVISIT_REDIS_URL: `unix:${redis.socket}` };
        const hospital = await Hospital.open(configuration('storage-redis'), { env });
        try {
            const visit = await Visit.create(hospital);
            const [doctor, patient] = [await Peer.enter(hospital, await visit.doctor()), await Peer.enter(hospital, await visit.patient())];
            const key = `televisit:room:${doctor.roomId}`;
            assert.equal(await redis.cli('EXISTS', key), '1');
            await redis.restart({ empty: true });
            await doctor.reaches(patient, 'nobody has noticed');
            await until(async () => await redis.cli('EXISTS', key) === '1', 'the stays, asserted again');
            const other = await Visit.create(hospital);
            const late = await until(async () => Peer.enter(hospital, await other.doctor()).catch(() => false), 'somebody who enters');
            for (const peer of [doctor, patient, late]) peer.destroy();
        } finally {
            await hospital.close();
            await redis.close();
        }
    });
});
