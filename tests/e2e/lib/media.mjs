// Whether pictures and sound arrive on a page. `peer` is the other's peer_id where a page has several connections.
import assert from 'node:assert/strict';

import { until } from './browser.mjs';

/// What has arrived so far, see `media` in the page.
export const media = (page, peer) => page.evaluate((who) => media(who ?? undefined), peer ?? null);

/// Resolves when pictures of the other move on this page: further frames of a stream other than `old` (an SSRC).
export async function moving(page, { peer, old } = {}) {
    const before = await until(page, async ({ who, last }) => {
        const now = await media(who);
        return now.ssrc !== undefined && now.ssrc !== last && now;
    }, { who: peer, last: old });
    await until(page, async ({ who, ssrc, frames }) => {
        const now = await media(who);
        return now.state === 'connected' && now.ssrc === ssrc && now.frames >= frames + 5;
    }, { who: peer, ...before });
}

/// Follows what arrives for some seconds of both the picture and the clock: neither picture nor sound may pause.
export async function flows(page, seconds, peer) {
    const start = await media(page, peer);
    let last = start;
    for (let second = 1; second <= seconds; ++second) {
        const now = await until(page, async ({ who, from, length }) => {
            const seen = await media(who);
            return seen.seconds >= from.seconds + length && seen.at >= from.at + 1000 * length && seen;
        }, { who: peer, from: start, length: second });
        assert.equal(now.ssrc, start.ssrc, 'the same stream');
        // A pause would show as one long time between two frames.
        assert.ok(now.frames >= last.frames + 3, `${now.frames - last.frames} frames in second ${second}`);
        assert.ok(now.packets > last.packets, `sound in second ${second}`);
        last = now;
    }
}

export const watch = (page, peer) => page.evaluate((who) => watch(who ?? undefined), peer ?? null);

/// The page's peer connection was neither replaced nor negotiated anew nor even unsettled since `watch`.
export async function assertUndisturbed(page, peer) {
    assert.deepEqual(await page.evaluate((who) => changes(who ?? undefined), peer ?? null),
        { replaced: false, negotiated: false, story: [], state: 'connected' });
}
