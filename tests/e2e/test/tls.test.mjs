// https and wss end to end: in Chromium and with the official clients, with a certificate of the server's own and behind nginx.
import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Nginx } from '../../integration/lib/nginx.mjs';
import { CertificateFolder, handshake } from '../../integration/lib/tls.mjs';
import { Browser } from '../lib/browser.mjs';
import { Peer, clients, pair, transports, within } from '../lib/clients.mjs';
import { callOn, close, says } from '../lib/room-page.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

// Browser and clients check certificates; `fetch` here cannot be told whom to trust.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

/// Notes to where a page's WebSockets go.
const kWatchSockets = `window.sockets = []; window.WebSocket = class extends WebSocket {
    constructor(url, ...more) { super(url, ...more); sockets.push(String(url)); } };`;
const spki = ({ ca }) => createHash('sha256').update(new X509Certificate(ca).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');

let folder;
let own;
let renewed;
let server;
let hidden;
let nginx;
let browser;

before(async () => {
    folder = new CertificateFolder();
    own = folder.make('own');
    renewed = folder.make('renewed');
    const front = folder.make('front');
    [server, hidden, browser] = await Promise.all([
        Server.start({ tls: own }),
        Server.start({ env: { TELEVISIT_TRUSTED_PROXIES: '127.0.0.1' } }),
        Browser.start({ trusted: [spki(own), spki(front)] }),
    ]);
    nginx = await Nginx.start({ upstreams: [hidden.port], ...front });
    nginx.ca = front.ca;
});
after(async () => {
    await browser?.stop();
    await nginx?.stop();
    await Promise.all([server?.stop(), hidden?.stop()]);
    folder?.remove();
});

/// A call in Chromium on that origin, whose pages have spoken wss alone.
async function callIsSecure(origin, visit, work = async () => {}) {
    const { doctor, patient } = await callOn(browser, origin, visit, { script: kWatchSockets });
    await says(doctor, patient, visit.server.secret('How have you been?'));
    await says(patient, doctor, visit.server.secret('Well, thank you.'));
    for (const page of [doctor, patient]) {
        const sockets = await page.evaluate(() => sockets);
        assert.ok(sockets.length > 0);
        for (const socket of sockets) assert.ok(socket.startsWith(`${origin.replace('https', 'wss')}/socket.io/`), socket);
    }
    await work(doctor, patient);
    await close(doctor, patient);
}

for (const version of Object.keys(clients)) {
    for (const transport of Object.keys(transports)) {
        test(`the official client ${version} talks over TLS: ${transport}`, async () => {
            const options = { version, transport, ca: own.ca, rejectUnauthorized: true };
            const { doctor, patient, close: leave } = await pair(await Visit.create(server), options);
            if (transport === 'polling that upgrades') {
                const { engine } = doctor.socket.io;
                if (engine.transport.name !== 'websocket') await within(new Promise((done) => engine.once('upgrade', done)), () => 'an upgrade');
            }
            const message = server.secret(`said by ${version} over ${transport}`);
            doctor.emit('send_message', { room_id: doctor.roomId, user_id: doctor.userId, message });
            await patient.next('chat_message', (data) => data.message === message);
            leave();
        });
    }
}

test('a client that knows another certificate does not connect', async () => {
    const seat = await (await Visit.create(server)).doctor();
    const peer = new Peer(server, seat, { transport: 'polling', ca: nginx.ca, rejectUnauthorized: true });
    await peer.next('(connect_error)');
    peer.close();
});

test('a whole call in Chromium is https and wss, behind nginx', async () => {
    const visit = await Visit.create(hidden);
    await callIsSecure(nginx.url, visit);
});

test('a whole call in Chromium is https and wss, and goes on when the certificate is replaced', async () => {
    const visit = await Visit.create(server);
    await callIsSecure(`https://localhost:${server.port}`, visit, async (doctor, patient) => {
        copyFileSync(renewed.certificate, own.certificate);
        copyFileSync(renewed.key, own.key);
        server.signal('SIGHUP');
        for (let shown; shown !== renewed.fingerprint;) shown = (await handshake(server.port)).fingerprint;
        await says(doctor, patient, server.secret('Are you still there?'));
        await says(patient, doctor, server.secret('I am.'));
    });
});
