// The server's own room page, opened as the printed links open it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Browser, picture, until } from '../lib/browser.mjs';
import { Line } from '../lib/line.mjs';
import { callOn, close, link, seesOther, status, title } from '../lib/room-page.mjs';
import { Server } from '../lib/server.mjs';
import { Visit, call } from '../lib/visit.mjs';

let browser;
let server;

before(async () => {
    [server, browser] = await Promise.all([Server.start({ grace: '4s' }), Browser.start()]);
});
after(async () => {
    await browser?.stop();
    await server?.stop();
});

const at = (port = server.port) => `http://localhost:${port}`;

async function pair() {
    const visit = await Visit.create(server);
    return { visit, ...await callOn(browser, at(), visit) };
}

test('two printed links are a call: video both ways, mute, camera, chat, leave and come back', async () => {
    const { doctor, patient } = await pair();
    const note = (text) => until(patient, (wanted) => document.querySelector('#others .note').textContent === wanted, text);
    await doctor.click('#microphone');
    await note('muted');
    assert.equal(await doctor.getAttribute('#microphone', 'aria-pressed'), 'true');
    await doctor.click('#camera');
    await note('muted, camera off');
    await doctor.click('#microphone');
    await doctor.click('#camera');
    await note('');

    const text = server.secret('How have you been since our last visit?');
    await doctor.fill('#chat-text', text);
    await doctor.press('#chat-text', 'Enter');
    for (const [page, who] of [[patient, 'Doctor'], [doctor, 'You']]) {
        await until(page, (wanted) => document.querySelector('#messages li')?.textContent.endsWith(wanted), text);
        assert.match(await page.textContent('#messages .who'), new RegExp(`^${who}`));
    }
    await until(doctor, () => document.getElementById('chat-text').value === '');
    await picture(doctor, 'room-doctor');
    await picture(patient, 'room-patient');

    await patient.click('#leave');
    await title(patient, 'You have left');
    await status(doctor, 'You are in the room. Waiting for the others…');
    await picture(patient, 'room-left');
    await patient.click('#again');
    await Promise.all([doctor, patient].map(seesOther));
    await close(doctor, patient);
});

test('the call is up again when either side reloads its page', async () => {
    const { doctor, patient } = await pair();
    await patient.reload();
    await Promise.all([doctor, patient].map(seesOther));
    await doctor.reload();
    await Promise.all([doctor, patient].map(seesOther));
    await close(doctor, patient);
});

test('a cut line is mended without a new call, and after the grace with one', async () => {
    const line = await Line.start(server);
    try {
        const visit = await Visit.create(server);
        const doctor = await browser.open(link(at(), visit, visit.session.doctor_token));
        await status(doctor, 'You are in the room. Waiting for the others…');
        const patient = await browser.open(link(at(line.port), visit, visit.session.patient_token));
        await Promise.all([doctor, patient].map(seesOther));
        const tile = await doctor.evaluateHandle(() => document.querySelector('#others .tile'));

        line.cut();
        await status(patient, 'The connection was lost. Connecting again…');
        line.mend();
        await Promise.all([doctor, patient].map(seesOther));
        assert.ok(await tile.evaluate((element) => element.isConnected), 'the other never left');

        line.cut();
        await status(doctor, 'You are in the room. Waiting for the others…');
        line.mend();
        await Promise.all([doctor, patient].map(seesOther));
        await Promise.all([doctor, patient].map((page) => page.context().close()));
    } finally {
        await line.stop();
    }
});

test('both are told when the doctor ends the visit', async () => {
    const { visit, doctor, patient } = await pair();
    assert.equal((await visit.post('end', visit.doctorJwt)).status, 200);
    await Promise.all([doctor, patient].map((page) => title(page, 'The visit has ended')));
    await close(doctor, patient);
    const late = await browser.open(link(at(), visit, visit.session.patient_token));
    await title(late, 'This visit is over');
    await late.context().close();
});

test('the page says what is wrong with a link', async () => {
    const visit = await Visit.create(server);
    const wrong = await browser.open(link(at(), visit, 'not-a-token-of-this-visit'));
    await title(wrong, 'This link does not work');
    const incomplete = await browser.open(`http://localhost:${server.port}/room.html`);
    await title(incomplete, 'This link is incomplete');
    await picture(wrong, 'room-wrong-link');
    await Promise.all([wrong, incomplete].map((page) => page.context().close()));
});

test('the page tells someone early when the room opens', async () => {
    const visit = await Visit.create(server, {
        scheduled_start_time: new Date(Date.now() + 3 * 3600_000).toISOString(),
        scheduled_end_time: new Date(Date.now() + 4 * 3600_000).toISOString(),
    });
    const page = await browser.open(link(at(), visit, visit.session.patient_token));
    await title(page, 'You are early');
    assert.match(await page.textContent('#notice-text'), /The room opens on .*\d/);
    await picture(page, 'room-early');
    await page.context().close();
});

test('someone without a camera is told so, and still sees the other', async () => {
    const plain = await Browser.start({ camera: false });
    try {
        const visit = await Visit.create(server);
        const doctor = await browser.open(link(at(), visit, visit.session.doctor_token));
        await status(doctor, 'You are in the room. Waiting for the others…');
        const patient = await plain.open(link(at(), visit, visit.session.patient_token));
        await seesOther(patient);
        assert.match(await patient.textContent('#media-note'), /You can see and hear the others/);
        await until(doctor, () => document.querySelector('#others .note').textContent === 'muted, camera off');
        await picture(patient, 'room-no-camera');
        await close(doctor, patient);
    } finally {
        await plain.stop();
    }
});

test('the page is usable by keyboard and names its controls', async () => {
    const visit = await Visit.create(server);
    const page = await browser.open(link(at(), visit, visit.session.doctor_token));
    await status(page, 'You are in the room. Waiting for the others…');
    const order = [];
    for (let i = 0; i < 6; ++i) {
        await page.keyboard.press('Tab');
        order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent));
    }
    assert.deepEqual(order, ['messages', 'chat-text', 'Send', 'microphone', 'camera', 'leave']);
    await page.focus('#microphone');
    await page.keyboard.press('Space');
    assert.equal(await page.textContent('#microphone'), 'Unmute');
    assert.equal(await page.getByRole('button', { name: 'Leave' }).count(), 1);
    assert.equal(await page.getByLabel('Write a message').count(), 1);
    await close(page);
});

test('pages come with a tag, a strict policy and no way out of their folder', async () => {
    const page = await call(server, 'GET', '/room.html');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    assert.match(page.headers.get('content-security-policy'), /^default-src 'self'; connect-src 'self' ws:/);
    assert.doesNotMatch(page.headers.get('content-security-policy'), /unsafe/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    const again = await call(server, 'GET', '/room.html', { headers: { 'If-None-Match': page.headers.get('etag') } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    const head = await call(server, 'HEAD', '/room.html');
    assert.equal(head.status, 200);
    assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(page.text)));
    for (const path of ['/%2e%2e/plugin.cpp', '/..%2fplugin.cpp', '/%2e%2e%2f%2e%2e%2fetc/passwd', '/.hidden', '/nothing.html']) {
        const refused = await call(server, 'GET', path);
        assert.ok([400, 404].includes(refused.status), `${path}: ${refused.status}`);
    }
    const missing = await call(server, 'GET', '/nothing.html');
    assert.match(missing.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal(missing.json.code, 'not_found');
});
