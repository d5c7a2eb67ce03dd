// Configurations with TURN servers, certificates for them, and servers in their place that are no good.
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { small } from './config.mjs';

/// Probing as fast as a test wants it.
export const kQuick = { interval: '500ms', retry: '100ms', timeout: '2s' };

/// A small server with signaling and these TURN servers, each {name, urls, secrets}.
export const withTurn = (servers, more = {}) => small({
    roles: { ice: 'turn' },
    plugins: [
        { id: 'turn', use: 'turn', config: { servers, servers_per_client: 16, probe: kQuick, ...more } },
        { id: 'socketio', use: 'socketio', loop: true },
        { id: 'signaling', use: 'signaling', loop: true },
    ],
});

/// A certificate that signs itself, for 127.0.0.1; with `days` below zero it has ended.
export function certificate(folder, name, { days = 1, host = 'IP:127.0.0.1' } = {}) {
    const own = join(folder, name);
    mkdirSync(own);
    const openssl = (...args) => execFileSync('openssl', args, { cwd: own, stdio: 'pipe' });
    writeFileSync(join(own, 'extensions'), `subjectAltName=${host}`);
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'key.pem');
    openssl('req', '-new', '-key', 'key.pem', '-subj', `/CN=${name}`, '-out', 'request.pem');
    openssl('x509', '-req', '-in', 'request.pem', '-key', 'key.pem', '-days', String(days), '-extfile', 'extensions', '-out', 'certificate.pem');
    return { certificate: join(own, 'certificate.pem'), key: join(own, 'key.pem') };
}

/// Answers each datagram with what `answer` makes of it.
export async function datagramServer(answer) {
    const socket = createSocket('udp4');
    socket.on('message', (bytes, from) => {
        const text = answer(bytes);
        if (text) socket.send(text, from.port, from.address);
    });
    await new Promise((done) => socket.bind(0, '127.0.0.1', done));
    return { port: socket.address().port, close: () => socket.close() };
}

/// The same for what comes over TCP.
export async function streamServer(answer) {
    const open = new Set();
    const server = createServer((socket) => {
        open.add(socket);
        socket.on('error', () => {}).once('close', () => open.delete(socket));
        socket.on('data', (bytes) => {
            const text = answer(bytes);
            if (text) socket.write(text);
        });
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    return {
        port: server.address().port,
        close: () => {
            for (const socket of open) socket.destroy();
            server.close();
        },
    };
}

/// A Binding that succeeded, for a transaction that nobody began.
export function ofAnotherTransaction(request) {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt16BE(0x0101, 0);
    bytes.writeUInt16BE(12, 2);
    request.copy(bytes, 4, 4, 20);
    bytes[19] ^= 0xff;
    bytes.writeUInt16BE(0x0020, 20);
    bytes.writeUInt16BE(8, 22);
    bytes[25] = 1;
    return bytes;
}
