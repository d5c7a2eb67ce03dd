// Plugins that misbehave while they run: each is named, and costs nobody else anything.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { small } from '../lib/config.mjs';
import { Daemon, exits } from '../lib/daemon.mjs';
import { until } from '../lib/within.mjs';

const extra = (use, more = {}) => ({ plugins: [{ id: `odd-${use}`.slice(0, 32), use, ...more }] });

describe('a plugin that cannot start', () => {
    for (const [use, text] of [['throws-in-create', 'thrown in create'], ['throws-in-start', 'thrown in start']]) {
        test(`${use}: the server says which plugin threw what, and exits`, async () => {
            const result = await Daemon.run({ config: small(extra(use)) });
            assert.deepEqual([result.code, result.signal], [exits.startFailed, null], result.output);
            const named = result.output.split('\n').filter((line) => line.includes(`odd-${use}`) && line.includes(text));
            assert.ok(named.length > 0, result.output);
        });
    }

    test('what had started before it is stopped, what had not is left alone', async () => {
        const bad = { id: 'bad', use: 'throws-in-start' };
        const stubborn = { id: 'stubborn', use: 'hangs-in-stop' };
        const shutdown = { stop_deadline: '200ms' };
        const after = await Daemon.run({ config: small({ plugins: [stubborn, bad], shutdown }) });
        assert.deepEqual([after.code, after.signal], [exits.stopHung, null], after.output);
        assert.match(after.output, /stubborn/);
        assert.match(after.output, /thrown in start/);
        const before = await Daemon.run({ config: small({ plugins: [bad, stubborn], shutdown }) });
        assert.deepEqual([before.code, before.signal], [exits.startFailed, null], before.output);
    });

    test('hangs-in-start: it is named at the deadline, and the process exits without it', async () => {
        const result = await Daemon.run({ config: small({ ...extra('hangs-in-start'), shutdown: { start_deadline: '1s' } }) });
        assert.deepEqual([result.code, result.signal], [exits.startHung, null], result.output);
        assert.match(result.output, /odd-hangs-in-start/);
        assert.match(result.output, /start/);
    });

    test('a plugin whose handlers may not run on the loops is refused when it wants to, with what to write', async () => {
        const result = await Daemon.run({ config: small(extra('blocks-loop')) });
        assert.deepEqual([result.code, result.signal], [exits.startFailed, null], result.output);
        assert.match(result.output, /plugin 'odd-blocks-loop' asks for route block on the event loops: grant it with `loop: true` in its entry under `plugins`, if it never blocks/);
    });
});

describe('a plugin that cannot stop', () => {
    test('hangs-in-stop: it is named at the deadline, and the process exits without it', async () => {
        const daemon = await Daemon.start({ config: small({ ...extra('hangs-in-stop'), shutdown: { stop_deadline: '200ms' } }) });
        daemon.signal('SIGTERM');
        try {
            await daemon.ended();
            assert.deepEqual([daemon.exit.code, daemon.exit.signal], [exits.stopHung, null], daemon.output);
            assert.match(daemon.output, /odd-hangs-in-stop/);
        } finally {
            await daemon.kill();
        }
    });
});

describe('a handler that throws', () => {
    let daemon;
    before(async () => { daemon = await Daemon.start({ config: small(extra('throws-in-handler', { loop: true })) }); });
    after(() => daemon?.stop());

    for (const [path, text] of [
        ['/faulty/throw', 'thrown in a handler'],
        ['/faulty/throw-int', 'not a std::exception'],
        ['/faulty/throw-on-loop', 'thrown on a loop'],
    ]) {
        test(`${path}: 500 without the exception's text, logged and counted by the plugin's name, others served`, async () => {
            const before = await daemon.metric('televisit_plugin_exceptions_total', { plugin: 'odd-throws-in-handler' });
            const answer = await daemon.get(path);
            const body = await answer.text();
            assert.equal(answer.status, 500, body);
            assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
            const problem = JSON.parse(body);
            assert.equal(problem.code, 'internal');
            assert.doesNotMatch(body, /thrown|exception|std::/);
            await daemon.logged((line) => JSON.stringify(line).includes('odd-throws-in-handler') && JSON.stringify(line).includes(text), `the log of "${text}"`);
            assert.equal(await daemon.metric('televisit_plugin_exceptions_total', { plugin: 'odd-throws-in-handler' }), before + 1);
            assert.equal((await daemon.get('/health/ready')).status, 200);
        });
    }
});

describe('a handler that holds its event loop', () => {
    test('is detected, named in the log and counted, and what waits behind it is served afterwards', async () => {
        const daemon = await Daemon.start({ config: small({ ...extra('blocks-loop', { loop: true }), server: { loop_budget: '200ms' } }) });
        try {
            const labels = { plugin: 'odd-blocks-loop' };
            assert.equal(await daemon.metric('televisit_loop_blocked_total', labels), 0);
            const [blocked, other] = await Promise.all([daemon.get('/faulty/block?ms=600'), daemon.get('/health/live')]);
            assert.equal(blocked.status, 204);
            assert.equal(other.status, 200);
            await daemon.logged((line) => JSON.stringify(line).includes('odd-blocks-loop') && /loop/.test(line.event), 'the log of the blocked loop');
            await until(async () => (await daemon.metric('televisit_loop_blocked_total', labels)) > 0, 'the count of the blocked loop');
            assert.equal((await daemon.get('/faulty/block?ms=0')).status, 204);
        } finally {
            await daemon.stop();
        }
    });

    test('does not hold the admin listener, which has a loop of its own', async () => {
        const daemon = await Daemon.start({ config: small(extra('blocks-loop', { loop: true })) });
        try {
            let back = false;
            const blocked = daemon.get('/faulty/block?ms=1000').finally(() => { back = true; });
            let meanwhile = 0;
            while (!back) {
                assert.equal((await daemon.admin('/health/live')).status, 200);
                ++meanwhile;
            }
            assert.equal((await blocked).status, 204);
            assert.ok(meanwhile > 1, `${meanwhile} answers while the public loop was held`);
        } finally {
            await daemon.stop();
        }
    });
});
