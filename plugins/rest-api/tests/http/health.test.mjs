// Health and figures, on both listeners.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';

import { Server, call, freePort, pair } from './people.mjs';

let server, admin;
before(async () => {
    const port = await freePort();
    server = await Server.start({ env: { TELEVISIT_ADMIN_PORT: String(port) } });
    admin = { url: `http://127.0.0.1:${port}`, isAdmin: true };
});
after(async () => { await server.stop(); });

test('a running server is healthy on both listeners', async () => {
    for (const listener of [server, admin]) {
        for (const [path, status] of [['', 'healthy'], ['/live', 'live'], ['/ready', 'ready'], ['/startup', 'started']]) {
            const answer = await call(listener, 'GET', `/health${path}`);
            assert.equal(answer.status, 200, answer.text);
            assert.equal(answer.json.status, status);
        }
    }
});

test('only operators are told what the server is made of', async () => {
    assert.ok(!('components' in (await call(server, 'GET', '/health')).json));
    const { components } = (await call(admin, 'GET', '/health')).json;
    assert.ok(components.some((one) => one.kind === 'rest-api' && one.state === 'running'), JSON.stringify(components));
});

test('the interface is not on the admin listener, the figures not on the public one', async () => {
    assert.equal((await call(admin, 'GET', '/api/video/sessions')).status, 404);
    assert.equal((await call(server, 'GET', '/metrics')).status, 404);
});

test('promtool has nothing to say against the figures of a server that has worked', async () => {
    const { doctor, path } = await pair(server);
    assert.equal((await doctor.ask('POST', `${path}/join`)).status, 200);
    assert.equal((await doctor.ask('GET', '/none')).status, 404);
    const answer = await call(admin, 'GET', '/metrics');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    for (const name of ['televisit_build_info{', 'process_cpu_seconds_total ', 'process_open_fds ', 'televisit_auth_jwt_credentials_total{']) {
        assert.ok(answer.text.includes(`\n${name}`), name);
    }
    assert.ok(!answer.text.includes(doctor.id), 'people are no labels');
    const check = spawnSync('promtool', ['check', 'metrics'], { input: answer.text, encoding: 'utf8' });
    assert.equal(check.status, 0, check.stdout + check.stderr);
    assert.equal(check.stdout + check.stderr, '');
});
