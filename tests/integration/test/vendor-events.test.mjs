// A vendor's plugin on the consultation's Socket.IO: its own namespace and rooms, events and middleware where others are at home.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Visit } from '../../e2e/lib/visit.mjs';
import { Frames } from '../../protocol/lib/frames.mjs';
import { shipped } from '../lib/config.mjs';
import { Daemon, plugins, testPlugins } from '../lib/daemon.mjs';
import { Peer } from '../lib/peer.mjs';

const config = shipped(
    ['plugin_path: ${env:TELEVISIT_PLUGIN_PATH:-}', `plugin_path: [${JSON.stringify(plugins)}, ${JSON.stringify(testPlugins)}]`],
    // Listed before what it builds on: the order of the file does not matter.
    ['plugins:\n', 'plugins:\n  - {id: ward, use: ward-desk, loop: true}\n']);

let daemon;
let server;
before(async () => {
    daemon = await Daemon.start({ config });
    server = { url: daemon.url, path: '/socket.io/' };
});
after(() => daemon?.stop());

/// A client of that namespace, with what it was told at first read.
async function connect(connecting, told) {
    const frames = await Frames.opened(server, { query: '&recovery=0' });
    frames.send(connecting);
    frames.told = await frames.take(told);
    return frames;
}
const visitor = (auth = '') => connect(`40${auth}`, 2);
const watcher = async (ward) => {
    const frames = await connect('40/ward,', 1);
    frames.send(`42/ward,1["watch","${ward}"]`);
    assert.equal(await frames.next(), '43/ward,1[{"ok":true}]');
    return frames;
};
async function census() {
    const frames = await connect('40/ward,', 1);
    frames.send('42/ward,1["census"]');
    const answer = await frames.next();
    frames.destroy();
    return JSON.parse(answer.slice('43/ward,1'.length))[0];
}

describe('middleware in the consultation\'s namespace', () => {
    test('refuses whom it does not want, and nobody else', async () => {
        const robot = await connect('40{"robot":true}', 1);
        assert.deepEqual(robot.told, ['44{"message":"This visit is for people.","data":{"code":"no_robots"}}']);
        const person = await visitor('{"robot":false}');
        assert.match(person.told[0], /^40\{"sid":/);
        assert.match(person.told[1], /^42\["connected",/);
        for (const frames of [robot, person]) frames.destroy();
    });

    test('stands before every name of that namespace, and before no other', async () => {
        const alias = await connect('40/socket.io,{"robot":true}', 1);
        assert.match(alias.told[0], /^44\/socket\.io,\{"message":"This visit is for people\."/);
        const ward = await connect('40/ward,{"robot":true}', 1);
        assert.match(ward.told[0], /^40\/ward,/);
        for (const frames of [alias, ward]) frames.destroy();
    });

    test('hears of the end of everybody it was asked about', async () => {
        const people = await Promise.all(Array.from({ length: 8 }, () => visitor()));
        const refused = await connect('40{"robot":true}', 1);
        assert.ok(await census() >= 8);
        for (const person of people) person.send('41');
        refused.destroy();
        while (await census() > 0) await new Promise((done) => setImmediate(done));
    });
});

describe('an event added to the consultation\'s namespace', () => {
    test('asks its client back, and gets what the client attaches', async () => {
        const frames = await visitor();
        frames.send('427["ring"]');
        assert.equal(await frames.next(), '420["who_is_there"]');
        frames.send('461-0["me",{"_placeholder":true,"num":0}]', Buffer.from([1, 2, 3]));
        assert.deepEqual(await frames.take(2), ['461-7["me",{"_placeholder":true,"num":0}]', Buffer.from([1, 2, 3])]);
        frames.destroy();
    });

    test('hears when no answer comes', async () => {
        const frames = await visitor();
        frames.send('427["ring"]');
        assert.deepEqual(await frames.take(2), ['420["who_is_there"]', '437["nobody"]']);
        frames.destroy();
    });

    test('leaves the consultation as it is', async () => {
        const visit = await Visit.create(daemon);
        const doctor = await Peer.enter(daemon, await visit.doctor());
        const patient = await Peer.enter(daemon, await visit.patient());
        await doctor.reaches(patient, 'hello');
        await patient.reaches(doctor, 'hello, too');
        for (const peer of [doctor, patient]) peer.destroy();
    });
});

describe('a namespace of the vendor\'s own', () => {
    test('has rooms: what is announced reaches who watches that ward, but not the one who says it', async () => {
        const [nurse, colleague, elsewhere] = [await watcher('3 East'), await watcher('3 East'), await watcher('4 West')];
        nurse.send('451-/ward,2["announce","3 East",{"plan":{"_placeholder":true,"num":0}}]', Buffer.from([9]));
        assert.equal(await nurse.next(), '43/ward,2[{"ok":true}]');
        assert.deepEqual(await colleague.take(2),
            ['451-/ward,["announcement",{"plan":{"_placeholder":true,"num":0}}]', Buffer.from([9])]);
        nurse.send('42/ward,3["announce","4 West","done"]');
        assert.equal(await elsewhere.next(), '42/ward,["announcement","done"]');
        for (const frames of [nurse, colleague, elsewhere]) frames.destroy();
    });
});
