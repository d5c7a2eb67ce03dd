// TURN servers that are good, bad, lost and back, as the plugin, televisitctl and people in a room see them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { Coturn } from '../../e2e/lib/coturn.mjs';
import { freePort } from '../../e2e/lib/server.mjs';
import { control } from '../lib/control.mjs';
import { Daemon } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';
import { certificate, datagramServer, kQuick, ofAnotherTransaction, streamServer, withTurn } from '../lib/turn-servers.mjs';
import { TurnClient } from '../lib/turn-client.mjs';
import { TestVisit, call } from '../lib/visit.mjs';
import { until } from '../lib/within.mjs';

const run = promisify(execFile);
const secret = randomBytes(16).toString('hex');

/// Of a server that need not run.
const kPorts = { TELEVISIT_PORT: '0', TELEVISIT_ADMIN_PORT: '0' };

/// The TURN servers' URLs in a list, without STUN.
const urlsOf = (list) => list.filter((one) => one.username !== undefined).flatMap((one) => one.urls);

async function listFor(daemon) {
    const visit = await TestVisit.create(daemon);
    return (await visit.doctor()).ice_servers;
}

describe('TURN servers that are no good', () => {
    let folder;
    let closing = [];
    let cases;
    let good;
    let trust;

    before(async () => {
        folder = mkdtempSync(join(tmpdir(), 'televisit-turn-'));
        const expired = certificate(folder, 'expired', { days: -1 });
        const other = certificate(folder, 'other', { host: 'DNS:turn.example.org' });
        good = await Coturn.start({ secret, tls: certificate(folder, 'good') });
        const [outdated, misnamed] = await Promise.all([Coturn.start({ secret, tls: expired }), Coturn.start({ secret, tls: other })]);
        trust = join(folder, 'trusted.pem');
        writeFileSync(trust, [expired, other].map((pair) => readFileSync(pair.certificate)).join(''));
        const garbage = await datagramServer(() => 'I am no TURN server');
        const foreign = await datagramServer(ofAnotherTransaction);
        const silent = await datagramServer(() => undefined);
        const web = await streamServer(() => 'HTTP/1.1 400 Bad Request\r\n\r\n');
        closing = [good, outdated, misnamed].map((one) => () => one.stop())
            .concat([garbage, foreign, silent, web].map((one) => () => one.close()));
        cases = [
            // name, URL, secrets, what is found, words that explain it
            ['good', good.url(), [secret], 'ok', /relays/],
            ['good-tcp', good.url('tcp'), [secret], 'ok', /relays/],
            ['wrong-secret', good.url(), ['another'], '401', /secret/],
            ['closed', `turn:127.0.0.1:${await freePort()}?transport=tcp`, [secret], 'refused', /nobody listens/],
            ['silent', `turn:127.0.0.1:${silent.port}`, [secret], 'timeout', /no answer/],
            ['untrusted', good.tlsUrl, [secret], 'tls_untrusted', /trusted/],
            ['expired', outdated.tlsUrl, [secret], 'tls_expired', /expired/],
            ['misnamed', misnamed.tlsUrl, [secret], 'tls_name', /another name/],
            ['no-tls', `turns:127.0.0.1:${web.port}`, [secret], 'tls_failed', /TLS/],
            ['garbage', `turn:127.0.0.1:${garbage.port}`, [secret], 'garbage', /no STUN/],
            ['web', `turn:127.0.0.1:${web.port}?transport=tcp`, [secret], 'garbage', /no STUN/],
            ['foreign', `turn:127.0.0.1:${foreign.port}`, [secret], 'foreign_transaction', /not asked/],
        ];
    });
    after(async () => {
        for (const close of closing) await close();
        rmSync(folder, { recursive: true, force: true });
    });

    const all = () => withTurn(cases.map(([name, url, secrets]) => ({ name, urls: [url], secrets })), { probe: { ...kQuick, ca_file: trust } });

    test('are named by turn check, each with its reason, and the exit status says that something is wrong', async () => {
        const { status, out, error } = await control(['turn', 'check'], { config: all(), env: kPorts });
        assert.equal(status, 1, error);
        for (const [name, url, , found, words] of cases) {
            const line = out.split('\n').find((one) => one.startsWith(`${name} `));
            assert.ok(line?.includes(url) && line.includes(` ${found} `) && words.test(line), `${name}: ${line}`);
        }
        assert.ok(!out.includes(secret) && !error.includes(secret));
        const config = withTurn([{ name: 'good', urls: [good.url()], secrets: [secret] }]);
        const alone = await control(['turn', 'check'], { config, env: kPorts });
        assert.equal(alone.status, 0, alone.out + alone.error);
    });

    test('are named in metrics and log, leave the list, and take nothing from the good ones', async () => {
        const daemon = await Daemon.start({ config: all() });
        try {
            daemon.secret(secret);
            const bad = cases.filter(([, , , found]) => found !== 'ok');
            for (const [name, , , found] of bad) {
                const line = await daemon.logged((one) => one.event === 'turn url changed' && one.server === name, `a line about ${name}`);
                assert.deepEqual([line.level, line.state, line.found], ['warning', 'down', found]);
                assert.equal(await daemon.metric('televisit_turn_health', { server: name }), 0);
                assert.ok(await daemon.metric('televisit_turn_probes_total', { server: name, result: found }) >= 2, name);
            }
            assert.deepEqual(urlsOf(await listFor(daemon)).sort(), [good.url(), good.url('tcp')].sort());
            const probes = () => daemon.metric('televisit_turn_probes_total', { server: 'good', result: 'ok' });
            const before = await probes();
            await until(async () => await probes() > before + 2, 'further probes of the good one');
            assert.equal(await daemon.metric('televisit_turn_health', { server: 'good' }), 1);
            assert.ok(await daemon.metric('televisit_turn_latency_seconds', { server: 'good' }) > 0);
        } finally {
            await daemon.stop();
        }
    });

    test('coturn\'s own programs find the good one good, and take credentials of ours', async () => {
        const daemon = await Daemon.start({ config: withTurn([{ name: 'good', urls: [good.url()], secrets: [secret] }]) });
        try {
            await run('turnutils_stunclient', ['-p', String(good.port), '127.0.0.1']);
            const [{ username, credential }] = await listFor(daemon);
            await run('turnutils_uclient', ['-u', username, '-w', credential, '-y', '-c', '-n', '1', '-m', '1', '-p', String(good.port), '127.0.0.1']);
        } finally {
            await daemon.stop();
        }
    });
});

describe('a TURN server that is lost in a call', () => {
    test('leaves the list of newcomers, those in the call get a new one at once, and it comes back by itself', async () => {
        const [north, south] = await Promise.all([Coturn.start({ secret }), Coturn.start({ secret })]);
        const config = withTurn([['north', north], ['south', south]].map(([name, one]) => ({ name, urls: [one.url()], secrets: [secret] })));
        const daemon = await Daemon.start({ config });
        try {
            const visit = await TestVisit.create(daemon);
            const seat = await visit.doctor();
            assert.equal(urlsOf(seat.ice_servers).length, 2);
            const doctor = await Peer.enter(daemon, seat);
            const state = (name, wanted) => until(async () => await daemon.metric('televisit_turn_health', { server: name }) === wanted, `${name} at ${wanted}`);
            await state('north', 1);
            await south.kill();
            const pushed = await doctor.next('ice_servers');
            assert.deepEqual(urlsOf(pushed.ice_servers), [north.url()]);
            assert.ok(pushed.ttl_seconds > 0);
            assert.deepEqual(urlsOf(await listFor(daemon)), [north.url()]);
            const asked = await call(daemon, 'GET', visit.path('ice-servers'), { token: seat.attendee.access_token });
            assert.deepEqual(urlsOf(asked.json.ice_servers), [north.url()]);
            const client = TurnClient.from(pushed.ice_servers);
            assert.equal(await client.allocate(), 200, 'the pushed credentials relay');
            client.close();
            assert.equal(await daemon.metric('televisit_ice_lists_pushed_total', { reason: 'server_lost' }), 1);
            await south.begin();
            await state('south', 1);
            assert.equal(urlsOf(await listFor(daemon)).length, 2);
        } finally {
            await daemon.stop();
            await Promise.all([north.stop(), south.stop()]);
        }
    });
});

describe('credentials that would end in a call', () => {
    test('are renewed for everybody in a room, and the new ones still relay when the first are refused', async () => {
        const coturn = await Coturn.start({ secret });
        const servers = [{ name: 'only', urls: [coturn.url()], secrets: [secret] }];
        const daemon = await Daemon.start({ config: withTurn(servers, { ttl: '8s', refresh_at: 40, refresh_jitter: 10 }) });
        try {
            const visit = await TestVisit.create(daemon);
            const seats = [await visit.doctor(), await visit.patient()];
            const peers = [await Peer.enter(daemon, seats[0]), await Peer.enter(daemon, seats[1])];
            const allocate = async (list) => {
                const client = TurnClient.from(list);
                try {
                    return await client.allocate();
                } finally {
                    client.close();
                }
            };
            assert.equal(await allocate(seats[0].ice_servers), 200);
            const pushed = await Promise.all(peers.map((peer) => peer.next('ice_servers')));
            for (const list of pushed) assert.equal(await allocate(list.ice_servers), 200);
            await until(async () => await allocate(seats[0].ice_servers) === 401, 'the end of the first credentials');
            for (const peer of peers) assert.equal(await allocate((await peer.next('ice_servers')).ice_servers), 200);
            assert.ok(await daemon.metric('televisit_turn_credentials_refreshed_total', { server: 'only' }) >= 4);
            for (const { credential } of pushed.flatMap((list) => list.ice_servers)) daemon.secret(credential);
        } finally {
            await daemon.stop();
            await coturn.stop();
        }
    });
});
