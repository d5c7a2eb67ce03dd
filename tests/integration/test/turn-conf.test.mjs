// The shipped conf/coturn/turnserver.conf, in a real coturn: what it refuses, and that televisitd and it fit.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';

import { Coturn } from '../../e2e/lib/coturn.mjs';
import { repository } from '../../e2e/lib/server.mjs';
import { control } from '../lib/control.mjs';
import { TurnClient } from '../lib/turn-client.mjs';
import { certificate, kQuick, withTurn } from '../lib/turn-servers.mjs';
import { within } from '../lib/within.mjs';

const secret = 'of-the-shipped-file';

function fresh(user) {
    const username = `${Math.floor(Date.now() / 1000) + 300}:${user}`;
    return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/// Refused ranges, each by its first and last address.
const four = ['0.0.0.1', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1', '127.255.255.255',
    '169.254.0.0', '169.254.169.254', '169.254.255.255', '172.16.0.0', '172.31.255.255', '192.0.0.0', '192.0.0.255', '192.168.0.0',
    '192.168.255.255', '198.18.0.0', '198.19.255.255', '224.0.0.1', '239.255.255.255', '240.0.0.0', '255.255.255.255'];
const six = ['::', '::1', '::ffff:10.0.0.1', '::ffff:127.0.0.1', '::10.0.0.1', '64:ff9b::a00:1', '64:ff9b:1::a00:1', '100::1', '2001::1',
    '2001:db8::1', '2002:a00:1::1', 'fc00::1', 'fdff:ffff::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1'];
const fine = ['1.1.1.1', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '223.255.255.255'];
const fineSix = ['2606:4700:4700::1111', '2a00::1', '2003::1'];

/// Begins a TLS handshake of that version.
function dial(port, version, done) {
    const socket = connect({
        host: '127.0.0.1', port, minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0', rejectUnauthorized: false,
    }, done);
    return socket.on('error', () => {});
}

/// The TCP ports at which a process listens.
function listensOn(pid) {
    const sockets = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => {
        try {
            return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
        } catch {
            return undefined;  // closed meanwhile
        }
    }));
    return ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1))
        .map((line) => line.trim().split(/\s+/)).filter((words) => words[3] === '0A' && sockets.has(words[9]))
        .map((words) => parseInt(words[1].split(':')[1], 16));
}

describe('the shipped coturn configuration', () => {
    let folder;
    let coturn;
    let tls;
    before(async () => {
        folder = mkdtempSync(join(tmpdir(), 'televisit-turnconf-'));
        tls = certificate(folder, 'tls');
        // What belongs to a machine is the test's own; everything else stays as it is shipped.
        const own = /^(static-auth-secret|listening-port|tls-listening-port|external-ip|min-port|max-port|cert|pkey|syslog|no-stdout-log)\b/;
        const lines = readFileSync(join(repository, 'conf/coturn/turnserver.conf'), 'utf8').split('\n');
        const removed = lines.filter((line) => own.test(line));
        assert.equal(removed.length, 10, removed.join('\n'));
        const file = join(folder, 'turnserver.conf');
        writeFileSync(file, [...lines.filter((line) => !own.test(line)), `static-auth-secret=${secret}`, ''].join('\n'));
        coturn = await Coturn.start({ file, tls, args: ['--relay-ip=::1'] });
        coturn.secret = secret;
    });
    after(async () => {
        await coturn?.stop();
        rmSync(folder, { recursive: true, force: true });
    });

    const client = (user) => new TurnClient({ port: coturn.port, ...fresh(user) });

    test('has nothing in it that coturn does not know', () => {
        assert.doesNotMatch(coturn.output, /unknown|bad configuration|unrecognized|invalid option/i);
    });

    test('relays to no network that is not the public one, in IPv4 and in IPv6', async () => {
        for (const [family, refused, allowed] of [[4, four, fine], [6, six, fineSix]]) {
            const one = client(`peers-${family}`);
            assert.equal(await one.allocate({ family }), 200);
            for (const address of refused) assert.equal(await one.permission(address), 403, `${address} is refused`);
            for (const address of allowed) assert.equal(await one.permission(address), 200, `${address} is allowed`);
            await one.refresh(0);
            one.close();
        }
    });

    test('gives one user twelve relays, and no more', async () => {
        const credentials = fresh('greedy');
        const clients = Array.from({ length: 13 }, () => new TurnClient({ port: coturn.port, ...credentials }));
        const codes = [];
        for (const one of clients) codes.push(await one.allocate());
        assert.deepEqual(codes, [...Array(12).fill(200), 486]);
        for (const one of clients) one.close();
    });

    test('listens for clients alone, without a control port, and speaks no TLS before 1.2', async () => {
        assert.deepEqual([...new Set(listensOn(coturn.pid))].sort(), [coturn.port, coturn.tlsPort].sort());
        // coturn leaves such a client without an answer for a minute; meanwhile others are served.
        let old = 0;
        const open = ['TLSv1', 'TLSv1.1'].map((version) => dial(coturn.tlsPort, version, () => { ++old; }));
        for (const version of ['TLSv1.2', 'TLSv1.2', 'TLSv1.2']) {
            await within(new Promise((done) => open.push(dial(coturn.tlsPort, version, done))), `a handshake with ${version}`);
        }
        assert.equal(old, 0);
        for (const socket of open) socket.destroy();
    });

    test('and televisitd are made for each other: turn check finds nothing wrong, over UDP, TCP and TLS', async () => {
        const config = withTurn([{ name: 'shipped', urls: [coturn.url(), coturn.url('tcp'), coturn.tlsUrl], secrets: [secret] }],
            { probe: { ...kQuick, ca_file: tls.certificate } });
        const { status, out, error } = await control(['turn', 'check'], { config, env: { TELEVISIT_PORT: '0', TELEVISIT_ADMIN_PORT: '0' } });
        assert.equal(status, 0, out + error);
    });
});
