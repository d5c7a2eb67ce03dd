// Events and acknowledgements, with and without attachments, on each transport.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { startServer } from '../lib/server.mjs';
import { transports } from '../lib/sockets.mjs';

let server;
before(async () => { server = await startServer('socketio'); });
after(() => server?.stop());

const one = Buffer.from([1, 2, 3]);
const two = Buffer.from([4, 5, 6]);
const spot = (num) => `{"_placeholder":true,"num":${num}}`;

/// What is sent, and what comes back; the frames of one packet each.
const exchanges = [
    ['an event', ['42["message",1,"2",{"3":[true]}]'], ['42["message-back",1,"2",{"3":[true]}]']],
    ['an event without arguments', ['42["message"]'], ['42["message-back"]']],
    ['an event with every kind of value',
        ['42["message",null,true,false,0,-1.5,1e3,"","\\u20ac\\n\\"",[],{},[[{"a":[]}]]]'],
        ['42["message-back",null,true,false,0,-1.5,1000,"","€\\n\\"",[],{},[[{"a":[]}]]]']],
    ['an event with two attachments', [`452-["message",${spot(0)},${spot(1)}]`, one, two],
        [`452-["message-back",${spot(0)},${spot(1)}]`, one, two]],
    ['an event with an attachment deep inside, and an empty one', [`452-["message",{"a":[${spot(0)}]},${spot(1)}]`, one, Buffer.alloc(0)],
        [`452-["message-back",{"a":[${spot(0)}]},${spot(1)}]`, one, Buffer.alloc(0)]],
    ['a request for an acknowledgement', ['42456["message-with-ack",1,"2",{"3":[false]}]'], ['43456[1,"2",{"3":[false]}]']],
    ['a request with the number 0 and no arguments', ['420["message-with-ack"]'], ['430[]']],
    ['a request with a large number', ['429007199254740["message-with-ack",1]'], ['439007199254740[1]']],
    ['a request with two attachments', [`452-789["message-with-ack",${spot(0)},${spot(1)}]`, one, two],
        [`462-789[${spot(0)},${spot(1)}]`, one, two]],
    ['an event of a custom namespace', ['42/custom,["message","there"]'], ['42/custom,["message-back","there"]']],
    ['a request of a custom namespace with an attachment', [`451-/custom,12["message-with-ack",${spot(0)}]`, one],
        [`461-/custom,12[${spot(0)}]`, one]],
];

/// JSON may be written in several ways; everything else must be the very same.
function normal(frame) {
    if (typeof frame !== 'string') return frame.toString('hex');
    const at = frame.indexOf('[');
    return [frame.slice(0, at), JSON.parse(frame.slice(at))];
}

for (const [name, connect] of Object.entries(transports)) {
    describe(name, () => {
        let client;
        before(async () => {
            client = await connect(server);
            await client.send('40/custom,');
            await client.take(2);
        });
        after(() => client?.end());

        for (const [what, sent, expected] of exchanges) {
            test(`${what} comes back`, async () => {
                await client.send(...sent);
                assert.deepEqual((await client.take(expected.length)).map(normal), expected.map(normal));
            });
        }

        test('many in one breath come back in order', async () => {
            const all = exchanges.flatMap(([, sent]) => sent);
            const expected = exchanges.flatMap(([, , back]) => back);
            await client.send(...all);
            assert.deepEqual((await client.take(expected.length)).map(normal), expected.map(normal));
        });

        test('an event that nobody handles does no harm', async () => {
            await client.send('42["other",1]', '42[17,1]', '42["message",1]');
            assert.deepEqual(await client.take(1), ['42["message-back",1]']);
        });

        test('an acknowledgement that nobody asked for does no harm', async () => {
            await client.send('4399[1]', '43[1]', '43', `461-7[${spot(0)}]`, one, '42["message",2]');
            assert.deepEqual(await client.take(1), ['42["message-back",2]']);
        });
    });
}
