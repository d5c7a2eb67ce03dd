// What operators rely on: health, metrics, the admin listener, admission policies.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';

import { shipped, small } from '../lib/config.mjs';
import { Daemon, freePort, plugins, testPlugins } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { TestVisit } from '../lib/visit.mjs';
import { Visit } from '../../e2e/lib/visit.mjs';
import { until } from '../lib/within.mjs';

describe('a running server', () => {
    let daemon;
    let overPort;
    before(async () => {
        const adminPort = await freePort();
        daemon = await Daemon.start({ config: shipped(), adminPort });
        overPort = (path) => fetch(`http://127.0.0.1:${adminPort}${path}`);
    });
    after(() => daemon?.stop());

    for (const path of ['/health', '/health/live', '/health/ready', '/health/startup']) {
        test(`${path} answers on the public listener, the admin port and the admin socket`, async () => {
            const answers = [await daemon.get(path), await overPort(path), await daemon.admin(path)];
            for (const answer of answers) {
                assert.equal(answer.status, 200);
                assert.match(answer.headers.get('content-type'), /^application\/json/);
                const body = await answer.json();
                assert.equal(typeof body.status, 'string');
                if (path === '/health') assert.equal(body.status, 'healthy');
            }
        });
    }

    test('/health tells nothing that helps an attacker', async () => {
        const text = await (await daemon.get('/health')).text();
        assert.doesNotMatch(text, /secret|password|\/tmp\/|\.so\b/i);
    });

    test('/metrics and /admin are on the admin listener only', async () => {
        for (const path of ['/metrics', '/admin/plugins', '/admin/status']) {
            const refused = await daemon.get(path);
            assert.equal(refused.status, 404, path);
            assert.equal((await refused.json()).code, 'not_found');
            assert.equal((await daemon.admin(path)).status, 200, path);
            assert.equal((await overPort(path)).status, 200, path);
        }
    });

    test('the API is on the public listener only', async () => {
        assert.equal((await daemon.admin('/api/video/sessions')).status, 404);
    });

    test('/metrics is clean under promtool, during a visit and after it', async () => {
        const visit = await Visit.create(daemon);
        const doctor = await Peer.enter(daemon, await visit.doctor());
        const patient = await Peer.enter(daemon, await visit.patient());
        await doctor.reaches(patient, daemon.secret('counted, never shown'));
        const check = async () => {
            const answer = await daemon.admin('/metrics');
            assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
            const text = await answer.text();
            const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
            assert.equal(promtool.error, undefined, 'promtool is installed');
            assert.equal(promtool.status, 0, promtool.stdout + promtool.stderr);
            assert.equal((promtool.stdout + promtool.stderr).trim(), '');
            return text;
        };
        const during = await check();
        for (const family of ['televisit_http_requests_total', 'televisit_net_connections', 'televisit_loop_busy_seconds_total',
            'televisit_port_calls_total', 'process_resident_memory_bytes']) assert.match(during, new RegExp(`^${family}[ {]`, 'm'), family);
        for (const secret of [visit.id, visit.doctorId, doctor.roomId]) assert.ok(!during.includes(secret), 'no ids as labels');
        doctor.destroy();
        patient.destroy();
        await check();
    });

    test('requests are counted by route and status', async () => {
        const labels = { route: 'get_session', status: '401' };
        const path = '/api/video/sessions/00000000-0000-4000-8000-000000000000';
        const known = await daemon.metric('televisit_http_requests_total', labels);
        assert.equal((await daemon.get(path)).status, 401);
        await until(async () => (await daemon.metric('televisit_http_requests_total', labels)) === known + 1, 'the count of the request');
    });

    test('the plugins are listed with what they are and do', async () => {
        const { plugins: list } = await (await daemon.admin('/admin/plugins')).json();
        const byId = Object.fromEntries(list.map((plugin) => [plugin.id, plugin]));
        for (const [id, use] of Object.entries({ sqlite: 'storage-sqlite', memory: 'storage-memory', auth: 'auth-jwt', turn: 'turn', rest: 'rest-api',
            socketio: 'socketio', signaling: 'signaling', metrics: 'metrics', web: 'web' })) {
            assert.equal(byId[id]?.use, use, id);
            assert.equal(byId[id].state, 'running', id);
            assert.match(byId[id].version, /^\d+\.\d+\.\d+$/);
        }
        assert.deepEqual(byId.sqlite.provides, ['televisit.records/1']);
        assert.deepEqual(byId.memory.provides, ['televisit.presence/1', 'televisit.backplane/1']);
    });
});

describe('a plugin that nobody refers to', () => {
    test('is not loaded, and the log and the list say so', async () => {
        const daemon = await Daemon.start({ config: small({ plugins: [{ id: 'spare', use: 'storage-memory' }, { id: 'strict', use: 'refuses-admission' }] }) });
        try {
            const { plugins: list } = await (await daemon.admin('/admin/plugins')).json();
            for (const id of ['spare', 'strict']) assert.equal(list.find((plugin) => plugin.id === id).state, 'not used');
            for (const id of ['spare', 'strict']) await daemon.logged((line) => JSON.stringify(line).includes(`"${id}"`), `the log of ${id}`);
        } finally {
            await daemon.stop();
        }
    });
});

describe('one library used twice', () => {
    test('runs as two instances that share nothing', async () => {
        const daemon = await Daemon.start({ config: small({
            plugins: [{ id: 'other', use: 'storage-memory' }], roles: { presence: 'other' },
        }) });
        try {
            const { plugins: list } = await (await daemon.admin('/admin/plugins')).json();
            assert.deepEqual(list.find((plugin) => plugin.id === 'other').provides, ['televisit.presence/1']);
            assert.deepEqual(list.find((plugin) => plugin.id === 'memory').provides, ['televisit.records/1', 'televisit.backplane/1']);
            await TestVisit.create(daemon);
        } finally {
            await daemon.stop();
        }
    });
});

describe('an admission policy that lets nobody join', () => {
    test('refuses with its own reason and words, to doctor, patient and invitation alike', async () => {
        const daemon = await Daemon.start({ config: small({ plugins: [{ id: 'strict', use: 'refuses-admission' }], roles: { admission: 'strict' } }) });
        try {
            const visit = await TestVisit.create(daemon);
            for (const token of [visit.doctorToken, visit.patientToken, visit.session.patient_token]) {
                const answer = await visit.post('join', token, {});
                assert.equal(answer.status, 403, answer.text);
                assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
                assert.equal(answer.json.code, 'consent_missing');
                assert.equal(answer.json.detail, 'Consent is missing.');
            }
            assert.equal((await visit.get()).status, 200);
        } finally {
            await daemon.stop();
        }
    });

    test('is added and removed by YAML alone', async () => {
        const config = shipped(['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}:${testPlugins}`],
            ['  ice: turn\n', '  ice: turn\n  admission: strict\n'], ['plugins:\n', 'plugins:\n  - id: strict\n    use: refuses-admission\n']);
        const daemon = await Daemon.start({ config });
        try {
            const visit = await Visit.create(daemon);
            assert.equal((await visit.join(visit.patientJwt)).status, 403);
        } finally {
            await daemon.stop();
        }
    });
});
