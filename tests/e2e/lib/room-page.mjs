// The server's own room page in a browser, opened as the printed links open it.
import assert from 'node:assert/strict';

import { until } from './browser.mjs';

export const link = (origin, visit, token) => `${origin}/room.html?session=${visit.id}#${token}`;
export const status = (page, text) => until(page, (wanted) => document.getElementById('status').textContent === wanted, text);
export const title = (page, text) => until(page, (wanted) => document.getElementById('notice-title').textContent === wanted, text);

/// Resolves when the other person's pictures move on this page.
export async function seesOther(page) {
    await status(page, 'Connected.');
    const frames = () => document.querySelector('#others video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    const start = await page.evaluate(frames);
    await until(page, (from) => {
        const videos = document.querySelectorAll('#others video');
        return videos.length === 1 && videos[0].getVideoPlaybackQuality().totalVideoFrames >= from + 5;
    }, start);
    assert.equal(await page.evaluate(() => document.querySelector('#others video').srcObject.getAudioTracks().length), 1);
}

/// Both people of a visit on their pages, in a call.
export async function callOn(browser, origin, visit, options) {
    const doctor = await browser.open(link(origin, visit, visit.session.doctor_token), options);
    await status(doctor, 'You are in the room. Waiting for the others…');
    const patient = await browser.open(link(origin, visit, visit.session.patient_token), options);
    await Promise.all([doctor, patient].map(seesOther));
    return { doctor, patient };
}

/// A chat message from one page has arrived on the other.
export async function says(from, to, text) {
    await from.fill('#chat-text', text);
    await from.press('#chat-text', 'Enter');
    await until(to, (wanted) => document.querySelector('#messages li:last-child')?.textContent.endsWith(wanted), text);
}

export async function close(...pages) {
    for (const page of pages) {
        assert.deepEqual(page.faults, []);
        await page.context().close();
    }
}
