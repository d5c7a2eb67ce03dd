// Calls through a real coturn, with Chromium that may use nothing else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { shipped } from '../../integration/lib/config.mjs';
import { Daemon, plugins } from '../../integration/lib/daemon.mjs';
import { TurnClient } from '../../integration/lib/turn-client.mjs';
import { until as eventually } from '../../integration/lib/within.mjs';
import { Browser, until } from '../lib/browser.mjs';
import { Coturn } from '../lib/coturn.mjs';
import { goesOn, pair, relayScript, restartIce } from '../lib/relay.mjs';
import { callOn, seesOther } from '../lib/room-page.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

const kSecret = 'known-to-both-sides-and-to-nobody-else';
/// Seconds that credentials are good, and after which ICE begins anew; the call goes on for half as long again.
const [kTtl, kRestart] = process.env.TELEVISIT_SOAK ? [20, 40] : [8, 10];

let browser;
before(async () => { browser = await Browser.start(); });
after(() => browser?.stop());

const at = (server) => `http://localhost:${server.port}`;
const closeAll = (...pages) => Promise.all(pages.map((page) => page.context().close()));

/// The shipped configuration with more keys for the plugin turn.
const withTurn = (keys) => shipped(['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: ${plugins}`],
    ['      secret: ${env:TURN_SECRET:-}', ['      secret: ${env:TURN_SECRET:-}', ...keys].join('\n      ')]);

for (const transport of ['udp', 'tcp']) {
    test(`two pages that may use nothing but a relay talk over ${transport}, by the seed's environment alone`, async () => {
        const coturn = await Coturn.start({ secret: kSecret });
        const server = await Server.start({ env: { TURN_SERVER: coturn.url(transport), TURN_SECRET: kSecret } });
        try {
            server.secret(kSecret);
            const visit = await Visit.create(server);
            const { doctor, patient } = await callOn(browser, at(server), visit, { script: relayScript });
            for (const page of [doctor, patient]) {
                const { local, remote, over } = await pair(page);
                assert.deepEqual([local, remote, over], ['relay', 'relay', transport]);
            }
            await closeAll(doctor, patient);
        } finally {
            await server.stop();
            await coturn.stop();
        }
    });
}

/// A call whose first credentials have ended.
async function outlived(keys) {
    const coturn = await Coturn.start({ secret: kSecret });
    const server = await Daemon.start({
        config: withTurn([`ttl: ${kTtl}s`, ...keys]), env: { TURN_SERVER: coturn.url(), TURN_SECRET: kSecret },
    });
    const visit = await Visit.create(server);
    const { doctor, patient } = await callOn(browser, at(server), visit, { script: relayScript });
    const began = Date.now();
    const first = await doctor.evaluate(() => guide.first);
    await eventually(async () => {
        const client = TurnClient.from(first);
        const code = await client.allocate().finally(() => client.close());
        return code === 401 && Date.now() - began >= kRestart * 1000;
    }, 'the end of the first credentials', 60_000);
    const end = async () => {
        await closeAll(doctor, patient);
        await server.stop();
        await coturn.stop();
    };
    /// What a change of the network does: the old relays are of no use any more, and ICE begins anew.
    const handOver = async () => {
        await coturn.kill();
        await coturn.begin();
        return restartIce(doctor);
    };
    return { doctor, patient, began, end, handOver };
}

test('a call that outlives its credentials goes on when ICE begins anew, for both were given new ones', async () => {
    const { doctor, patient, began, end, handOver } = await outlived(['refresh_at: 50']);
    try {
        for (const page of [doctor, patient]) assert.ok(await page.evaluate(() => guide.lists) >= 1);
        const old = await handOver();
        await Promise.all([goesOn(doctor, old), goesOn(patient)]);
        assert.deepEqual(await doctor.evaluate(() => guide.refused), []);
        await eventually(() => Date.now() - began >= kRestart * 1500, 'half as long again', 60_000);
        await Promise.all([doctor, patient].map(seesOther));
        for (const page of [doctor, patient]) {
            const { local, remote } = await pair(page);
            assert.deepEqual([local, remote], ['relay', 'relay']);
        }
    } finally {
        await end();
    }
});

test('and fails without them: coturn refuses the old ones, and no candidate is left', async () => {
    const { doctor, patient, end, handOver } = await outlived(['refresh_at: 0']);
    try {
        for (const page of [doctor, patient]) assert.equal(await page.evaluate(() => guide.lists), 0);
        await handOver();
        await until(doctor, () => guide.refused.includes(401));
        await until(doctor, () => guide.peerConnection.iceGatheringState === 'complete');
        assert.doesNotMatch(await doctor.evaluate(() => guide.peerConnection.localDescription.sdp), /a=candidate/);
        await until(doctor, () => ['disconnected', 'failed'].includes(guide.peerConnection.connectionState));
    } finally {
        await end();
    }
});

test('a call whose TURN server is killed goes on over the other one', async () => {
    const [north, south] = await Promise.all([Coturn.start({ secret: kSecret }), Coturn.start({ secret: kSecret })]);
    const keys = ['probe: {interval: 1s, retry: 200ms}', 'servers:', ...[['north', north], ['south', south]].map(([name, coturn]) =>
        `  - {name: ${name}, urls: ["${coturn.url()}"], secrets: [${kSecret}]}`)];
    const server = await Daemon.start({ config: withTurn(keys) });
    try {
        const visit = await Visit.create(server);
        const { doctor, patient } = await callOn(browser, at(server), visit, { script: relayScript });
        const used = (await pair(doctor)).url;
        const [lost, left] = used.includes(`:${north.port}`) ? [north, south] : [south, north];
        await lost.kill();
        for (const page of [doctor, patient]) await until(page, () => guide.lists >= 1);
        const over = (port) => until(doctor, async (part) => (await window.pair())?.url?.includes(part), `:${port}`);
        await over(left.port);
        const old = await restartIce(doctor);
        await Promise.all([goesOn(doctor, old), goesOn(patient)]);
        await over(left.port);
        await Promise.all([doctor, patient].map(seesOther));
        await closeAll(doctor, patient);
    } finally {
        await server.stop();
        await Promise.all([north.stop(), south.stop()]);
    }
});
