// TLS: what is spoken, certificates that are replaced, mistakes that are told.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { shipped, small } from '../lib/config.mjs';
import { Daemon, environment, exits, freePort } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { refusal } from '../lib/raw-http.mjs';
import { CertificateFolder, ask, ctlRun, environmentOf, handshake, open } from '../lib/tls.mjs';
import { WebSocketClient } from '../lib/websocket.mjs';
import { until, within } from '../lib/within.mjs';

// The certificates that tests are about are checked there; `fetch` here cannot be told whom to trust.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

let folder;
before(() => { folder = new CertificateFolder(); });
after(() => folder.remove());

const start = (pair, { env = {}, config = shipped() } = {}) =>
    Daemon.start({ config, secure: true, env: { ...environmentOf(pair), ...env } });

/// What `openssl s_client` says, having sent `input`.
const sClient = (port, args, input = '') => within(new Promise((done) => {
    const child = execFile('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args], (_, stdout, stderr) => done(stdout + stderr));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
}), 'openssl');

describe('what is spoken', () => {
    let daemon;
    let pair;
    before(async () => {
        pair = folder.make('spoken');
        daemon = await start(pair, { env: { TELEVISIT_HSTS: '1d' } });
        daemon.secret(readFileSync(pair.key, 'utf8').split('\n')[1]);
    });
    after(() => daemon.stop());

    test('TLS 1.2 and 1.3, trusted by its certificate', async () => {
        for (const version of ['TLSv1.2', 'TLSv1.3']) {
            const shaken = await handshake(daemon.port, { ca: pair.ca, minVersion: version, maxVersion: version });
            assert.deepEqual([shaken.version, shaken.trusted, shaken.fingerprint], [version, true, pair.fingerprint]);
            assert.match(shaken.cipher, version === 'TLSv1.3' ? /^TLS_AES_128_GCM/ : /^TLS_ECDHE_ECDSA_WITH_AES_128_GCM/);
        }
    });

    test('nothing older, no cipher without forward secrecy or authentication', async () => {
        await assert.rejects(handshake(daemon.port, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
            /protocol version/);
        for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA'])
            await assert.rejects(handshake(daemon.port, { maxVersion: 'TLSv1.2', ciphers }), /handshake failure/, ciphers);
    });

    test('of protocols http/1.1 alone', async () => {
        assert.equal((await handshake(daemon.port, { ALPNProtocols: ['h2', 'http/1.1'] })).alpn, 'http/1.1');
        assert.equal((await handshake(daemon.port)).alpn, false);
        await assert.rejects(handshake(daemon.port, { ALPNProtocols: ['h2'] }), /no application protocol/);
    });

    test('no compression, and no renegotiation', async () => {
        assert.match(await sClient(daemon.port, ['-comp', '-tls1_2']), /Compression: NONE/);
        // "R" on a line of its own asks for a renegotiation.
        assert.match(await sClient(daemon.port, ['-tls1_2'], 'R\n'), /no renegotiation/);
    });

    test('a session is resumed', async () => {
        const first = await open(daemon.port, { maxVersion: 'TLSv1.2' });
        const session = first.getSession();
        first.destroy();
        const again = await open(daemon.port, { maxVersion: 'TLSv1.2', session });
        assert.equal(again.isSessionReused(), true);
        again.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await within(new Promise((done) => again.once('data', done)), 'an answer');
        again.destroy();
        assert.ok(await daemon.metric('televisit_tls_resumed_total', { listener: 'public' }) >= 1);
    });

    test('HTTP in the clear is told so', async () => {
        const [answer] = await refusal(daemon.port, 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
        assert.equal(answer.status, 400);
        assert.equal(answer.json.code, 'tls_required');
        await until(async () => await daemon.metric('televisit_tls_handshakes_total', { result: 'failed' }) >= 1, 'its count');
    });

    test('answers ask for https alone, and carry what keeps pages to themselves', async () => {
        const page = await ask(`${daemon.url}/room.html`, { ca: pair.ca });
        assert.equal(page.status, 200);
        assert.equal(page.headers['strict-transport-security'], 'max-age=86400');
        assert.equal(page.headers['x-content-type-options'], 'nosniff');
        assert.equal(page.headers['referrer-policy'], 'no-referrer');
        assert.match(page.headers['permissions-policy'], /camera=\(self\), microphone=\(self\)/);
        assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/);
        assert.ok(page.headers['content-security-policy'].includes(` wss://127.0.0.1:${daemon.port}`));
        const missing = await ask(`${daemon.url}/api/video/sessions/nothing`, { ca: pair.ca });
        assert.equal(missing.headers['x-content-type-options'], 'nosniff');
        assert.equal((await daemon.admin('/health')).headers.get('strict-transport-security'), null);
    });

    test('a visit is https and wss throughout', async () => {
        const visit = await Visit.create(daemon);
        const seats = [await visit.doctor(), await visit.patient()];
        for (const seat of seats) assert.equal(seat.signaling_server_url, `${daemon.url}/socket.io`);
        const [doctor, patient] = [await Peer.enter(daemon, seats[0]), await Peer.enter(daemon, seats[1])];
        await doctor.reaches(patient, daemon.secret('said over TLS'));
        await patient.reaches(doctor, daemon.secret('x'.repeat(3_000)));
        for (const peer of [doctor, patient]) peer.destroy();
    });

    test('pages of the same origin may connect, others not', async () => {
        const from = async (origin) => {
            const socket = await WebSocketClient.open(`${daemon.url}/socket.io/?EIO=4&transport=websocket`,
                { text() {}, close() {} }, { headers: { Origin: origin } });
            socket.destroy();
        };
        await from(daemon.url);
        await assert.rejects(from('https://elsewhere.example'), /403/);
    });

    test('televisitctl asks over https, makes sessions, and prints their links with https', async () => {
        const env = environment({
            TELEVISIT_STATE_DIR: daemon.state, TELEVISIT_JWT_SECRET: daemon.jwtSecret, TELEVISIT_HOST: '127.0.0.1', ...environmentOf(pair),
        });
        const health = await ctlRun(['health', '--server', `https://localhost:${daemon.port}`, '--ca', pair.certificate], env);
        assert.equal(health.code, 0, health.stderr);
        const strange = await ctlRun(['health', '--server', `https://localhost:${daemon.port}`], env);
        assert.equal(strange.code, 1);
        assert.match(strange.stderr, /certificate/);
        const made = await ctlRun(['session', 'create', '--config', daemon.file], env);
        assert.equal(made.code, 0, made.stderr);
        const links = made.stdout.match(/^(doctor|patient): +https:\/\/localhost:\d+\/room\.html\?session=[^#]+#(.+)$/gm);
        assert.equal(links?.length, 2, made.stdout);
        for (const link of links) daemon.secret(link.split('#')[1]);
        const elsewhere = await ctlRun(['session', 'create', '--config', daemon.file],
            { ...env, ...environmentOf(folder.make('elsewhere')) });
        assert.equal(elsewhere.code, 1);
        assert.match(elsewhere.stderr, /another certificate/);
    });
});

test('a chain is sent whole, with an RSA key; version 1.2 may be left out', async () => {
    const chain = folder.makeChain('chain');
    const config = shipped(['tls:\n', 'tls:\n    min_version: "1.3"\n']);
    const daemon = await start(chain, { config });
    try {
        const shaken = await handshake(daemon.port, { ca: chain.ca });
        assert.deepEqual([shaken.trusted, shaken.version], [true, 'TLSv1.3']);
        assert.equal((await sClient(daemon.port, ['-showcerts'])).match(/BEGIN CERTIFICATE/g).length, 2);
        await assert.rejects(handshake(daemon.port, { maxVersion: 'TLSv1.2' }), /protocol version/);
        await daemon.stop();
    } finally {
        await daemon.kill();
    }
});

test('the admin port speaks TLS, too; its socket does not need to', async () => {
    const pair = folder.make('admin');
    const adminPort = await freePort();
    const config = small({ admin: { tls: { certificate: pair.certificate, key: pair.key } } });
    const daemon = await Daemon.start({ config, adminPort });
    try {
        const metrics = await ask(`https://127.0.0.1:${adminPort}/metrics`, { ca: pair.ca });
        assert.equal(metrics.status, 200);
        assert.match(metrics.text, /televisit_tls_certificate_expires_seconds\{listener="admin"\} \d/);
        assert.equal((await refusal(adminPort, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'))[0].json.code, 'tls_required');
        assert.equal((await daemon.get('/health')).status, 200);
        await daemon.stop();
    } finally {
        await daemon.kill();
    }
});

describe('certificates that are replaced', () => {
    /// A server with two people in a room, who must go on talking whatever becomes of the certificate.
    async function talking(pair, work) {
        const daemon = await start(pair);
        try {
            const visit = await Visit.create(daemon);
            const doctor = await Peer.enter(daemon, await visit.doctor());
            const patient = await Peer.enter(daemon, await visit.patient());
            let said = 0;
            await work(daemon, () => doctor.reaches(patient, daemon.secret(`still talking ${++said}`)));
            assert.ok(!doctor.closed && !patient.closed);
            for (const peer of [doctor, patient]) peer.destroy();
            await daemon.stop();
        } finally {
            await daemon.kill();
        }
    }
    const shown = async (daemon) => (await handshake(daemon.port)).fingerprint;
    const shows = (daemon, pair) => until(async () => (await shown(daemon)) === pair.fingerprint, 'the new certificate');
    const put = (from, to) => {
        copyFileSync(from.certificate, to.certificate);
        copyFileSync(from.key, to.key);
    };

    test('on SIGHUP, and an open call goes on', () => {
        const used = folder.make('hup');
        const next = folder.make('hup-next');
        return talking(used, async (daemon, talk) => {
            await talk();
            put(next, used);
            daemon.signal('SIGHUP');
            await shows(daemon, next);
            await talk();
        });
    });

    test('when links point to other files, as certbot makes them', () => {
        const first = folder.make('archive1');
        const second = folder.make('archive2');
        const live = { certificate: join(folder.path, 'fullchain.pem'), key: join(folder.path, 'privkey.pem') };
        const point = (pair) => {
            for (const part of ['certificate', 'key']) {
                symlinkSync(pair[part], `${live[part]}.new`);
                renameSync(`${live[part]}.new`, live[part]);
            }
        };
        point(first);
        return talking(live, async (daemon, talk) => {
            assert.equal(await shown(daemon), first.fingerprint);
            point(second);
            await shows(daemon, second);
            await talk();
            assert.equal(await daemon.metric('televisit_tls_certificate_reads_total', { result: 'used' }), 1);
        });
    });

    test('what cannot be used changes nothing, and is told, until it is good again', () => {
        const used = folder.make('kept');
        const next = folder.make('kept-next');
        return talking(used, async (daemon, talk) => {
            const before = await shown(daemon);
            copyFileSync(next.certificate, used.certificate);
            const line = await daemon.logged(({ event }) => event === 'certificate cannot be replaced');
            assert.deepEqual([line.level, line.file, line.why], ['error', used.key, 'is not the key of the certificate']);
            assert.equal(await shown(daemon), before);
            assert.equal(await daemon.metric('televisit_tls_certificate_stale'), 1);
            await talk();
            copyFileSync(next.key, used.key);
            await shows(daemon, next);
            assert.equal(await daemon.metric('televisit_tls_certificate_stale'), 0);
            await talk();
        });
    });
});

describe('mistakes end the start with 2, at their place', () => {
    const told = async (tls, expected) => {
        const config = `state_dir: \${env:TELEVISIT_STATE_DIR}\nserver:\n  tls:\n    certificate: ${tls.certificate}\n    key: ${tls.key}\n`;
        for (const args of [[], ['--check']]) {
            const { code, output } = await Daemon.run({ config, args });
            assert.equal(code, exits.badConfig, output);
            assert.ok(output.includes(`televisitd.yaml:${expected}`), output);
        }
    };

    test('files that are not there, or are something else', async () => {
        const pair = folder.make('mistakes');
        await told({ ...pair, certificate: '/nowhere.pem' }, "4:18: server.tls.certificate: '/nowhere.pem' does not exist");
        await told({ ...pair, certificate: pair.key }, "4:18: server.tls.certificate: '");
        await told({ ...pair, key: '/nowhere.pem' }, "5:10: server.tls.key: '/nowhere.pem' does not exist");
    });

    test('a key of another certificate, a key for everybody, a certificate without its key', async () => {
        const pair = folder.make('one');
        await told({ ...pair, key: folder.make('other').key }, '5:10: server.tls.key: ');
        chmodSync(pair.key, 0o644);
        await told(pair, '5:10: server.tls.key: ');
        await told({ ...pair, key: "''" }, '4:18: server.tls: a certificate needs its key');
    });

    test('a key with a passphrase is refused without asking for it', async () => {
        const pair = folder.make('passphrase');
        const args = ['pkey', '-in', pair.key, '-aes256', '-passout', 'pass:secret', '-out', `${pair.key}.new`];
        await within(new Promise((done, fail) => execFile('openssl', args, (fault) => (fault ? fail(fault) : done()))), 'openssl');
        writeFileSync(pair.key, readFileSync(`${pair.key}.new`));
        await told(pair, '5:10: server.tls.key: ');
    });
});
