// Behind nginx with the site file that is shipped.
import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, before, describe, test } from 'node:test';

import { Visit, call } from '../../e2e/lib/visit.mjs';
import { shipped } from '../lib/config.mjs';
import { Daemon, environment } from '../lib/daemon.mjs';
import { Nginx } from '../lib/nginx.mjs';
import { Peer } from '../lib/peer.mjs';
import { CertificateFolder, ask, ctlRun } from '../lib/tls.mjs';
import { until, within } from '../lib/within.mjs';

// nginx's certificate is checked where the test is about it; `fetch` here cannot be told whom to trust.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

let folder;
let pair;
let daemon;
let nginx;
/// The server as clients see it.
let outside;

before(async () => {
    folder = new CertificateFolder();
    pair = folder.make('nginx');
    daemon = await Daemon.start({ config: shipped(), env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1', TELEVISIT_HSTS: '1d' } });
    nginx = await Nginx.start({ upstreams: [daemon.port], ...pair });
    outside = { url: nginx.url, jwtSecret: daemon.jwtSecret, secret: (text) => daemon.secret(text) };
});
after(async () => {
    await nginx?.stop();
    await daemon?.stop();
    folder?.remove();
});

/// The requests on that path that the server has logged.
const logged = (path) => daemon.lines.filter(({ event, path: its }) => event === 'request' && its === path);

test('plain HTTP is sent to https', async () => {
    const answer = await fetch(`http://127.0.0.1:${nginx.port}/room.html?session=1`, { redirect: 'manual', headers: { Host: '127.0.0.1' } });
    assert.equal(answer.status, 301);
    assert.match(answer.headers.get('location'), /^https:\/\/[^/]+\/room\.html\?session=1$/);
});

test('pages come by HTTP/2 with all their headers, once each', async () => {
    const session = connect(nginx.url, { ca: pair.ca });
    try {
        const headers = await within(new Promise((done, fail) => {
            session.once('error', fail);
            session.request({ ':path': '/room.html' }).once('response', done).once('error', fail).resume().end();
        }), 'a page over HTTP/2');
        assert.equal(headers[':status'], 200);
        assert.equal(headers['strict-transport-security'], 'max-age=86400');
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.ok(headers['content-security-policy'].includes(` wss://127.0.0.1:${nginx.securePort};`), headers['content-security-policy']);
    } finally {
        session.destroy();
    }
});

describe('who the client is', () => {
    const seen = async (url, forwarded) => {
        const path = `/api/video/sessions/${Math.random().toString(16).slice(2)}`;
        await ask(url + path, { ca: pair.ca, headers: forwarded ? { 'X-Forwarded-For': forwarded } : {} });
        await until(() => logged(path).length > 0, 'its log line');
        return logged(path)[0].remote_address;
    };

    test('is told by nginx, and not by the client', async () => {
        assert.equal(await seen(nginx.url), '127.0.0.1');
        // Here nginx itself is reached from an address that is trusted, so one hop more may be named.
        assert.equal(await seen(nginx.url, '203.0.113.9'), '203.0.113.9');
        assert.equal(await seen(nginx.url, '198.51.100.1, 203.0.113.9, garbage'), '127.0.0.1');
    });

    test('who comes to the server without a trusted proxy names nobody', async () => {
        const direct = await Daemon.start({ config: shipped() });
        try {
            const answer = await fetch(`${direct.url}/api/video/sessions/none`, { headers: { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' } });
            assert.equal(answer.headers.get('strict-transport-security'), null);
            const line = await direct.logged(({ event, path }) => event === 'request' && path === '/api/video/sessions/none');
            assert.equal(line.remote_address, '127.0.0.1');
            await direct.stop();
        } finally {
            await direct.kill();
        }
    });
});

test('no client can choose the origin that the server believes in', async () => {
    const visit = await Visit.create(outside);
    const answer = await ask(`${nginx.url}/api/video/sessions/${visit.id}`, {
        ca: pair.ca,
        headers: { Authorization: `Bearer ${visit.doctorJwt}`, 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http' },
    });
    assert.equal(answer.status, 200, answer.text);
    assert.ok(!answer.text.includes('evil.example'));
    const page = await ask(`${nginx.url}/room.html`, { ca: pair.ca, headers: { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'http' } });
    assert.ok(page.headers['content-security-policy'].includes(` wss://127.0.0.1:${nginx.securePort};`));
    assert.equal(page.headers['strict-transport-security'], 'max-age=86400');
});

test('a visit is https and wss throughout', async () => {
    const visit = await Visit.create(outside);
    const seats = [await visit.doctor(), await visit.patient()];
    for (const seat of seats) assert.equal(seat.signaling_server_url, `${nginx.url}/socket.io`);
    const doctor = await Peer.enter(outside, seats[0]);
    const patient = await Peer.enter(outside, seats[1]);
    await doctor.reaches(patient, daemon.secret('said behind nginx'));
    await patient.reaches(doctor, daemon.secret('y'.repeat(3_000)));
    for (const peer of [doctor, patient]) peer.destroy();
});

test('a poll waits for what comes, and is answered at once when it comes', async () => {
    const url = `${nginx.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await ask(url, { ca: pair.ca });
    const { sid } = JSON.parse(opened.text.slice(1));
    const poll = ask(`${url}&sid=${sid}`, { ca: pair.ca });
    const posted = await ask(`${url}&sid=${sid}`, { ca: pair.ca, method: 'POST', headers: { 'Content-Type': 'text/plain;charset=UTF-8' }, body: '40' });
    assert.equal(posted.text, 'ok');
    assert.match((await poll).text, /^40\{"sid"/);
});

test('a poll of almost 1,000,000 bytes goes through; above 1 MiB the server itself refuses', async () => {
    const url = `${nginx.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await ask(url, { ca: pair.ca })).text.slice(1));
    const post = (body) => ask(`${url}&sid=${sid}`, { ca: pair.ca, method: 'POST', headers: { 'Content-Type': 'text/plain;charset=UTF-8' }, body });
    assert.equal((await post(`4${'x'.repeat(900_000)}`)).status, 200);
    const visit = await Visit.create(outside);
    const large = await call(outside, 'POST', '/api/video/sessions', { token: visit.doctorJwt, body: `{"x":"${'x'.repeat(1024 * 1024)}"}` });
    assert.equal(large.status, 413);
    assert.equal(large.json.code, 'body_too_large', large.text);
});

test('televisitctl makes sessions on this machine, and prints links for those outside', async () => {
    const made = await ctlRun(['session', 'create', '--config', daemon.file], environment({
        TELEVISIT_STATE_DIR: daemon.state, TELEVISIT_JWT_SECRET: daemon.jwtSecret, TELEVISIT_HOST: '127.0.0.1', TELEVISIT_PUBLIC_URL: nginx.url,
    }));
    assert.equal(made.code, 0, made.stderr);
    const links = made.stdout.trim().split('\n');
    assert.equal(links.length, 2);
    for (const link of links) {
        assert.ok(link.includes(` ${nginx.url}/room.html?session=`), link);
        daemon.secret(link.split('#')[1]);
    }
});
