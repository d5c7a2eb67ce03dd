// Every packet that is none closes its client, as the reference does, and nobody else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Frames } from '../lib/frames.mjs';
import { againstReference, startServer } from '../lib/server.mjs';
import { connected, connectedPolling } from '../lib/sockets.mjs';

let server;
let bystander;
before(async () => {
    server = await startServer('socketio');
    bystander = await connected(server);
});
after(async () => {
    bystander.destroy();
    await server.stop();
});

const spot = (num) => `{"_placeholder":true,"num":${num}}`;
const bytes = Buffer.from([1]);

const closing = {
    'no packet type': ['4'],
    'a letter as packet type': ['4abc'],
    'a packet type beyond the last': ['47["message"]'],
    'an object as event': ['42{}'],
    'a string as event': ['42"message"'],
    'a boolean as event': ['42true'],
    'null as event': ['42null'],
    'an event without a name': ['42[]'],
    'an event with a boolean as name': ['42[true]'],
    'an event with null as name': ['42[null,1]'],
    'an event with an object as name': ['42[{}]'],
    'an event with a list as name': ['42[[]]'],
    'an event with the name connect': ['42["connect"]'],
    'an event with the name connect_error': ['42["connect_error"]'],
    'an event with the name disconnect': ['42["disconnect"]'],
    'an event with the name disconnecting': ['42["disconnecting"]'],
    'an event with the name newListener': ['42["newListener"]'],
    'an event with the name removeListener': ['42["removeListener"]'],
    'a reserved name that is written with escapes': ['42["\\u0063onnect"]'],
    'letters for a number': ['42abc["message-with-ack",1,"2"]'],
    'a number with a sign': ['42-1["message-with-ack"]'],
    'a number with a fraction': ['421.5["message-with-ack"]'],
    'JSON that is cut off': ['42["message"'],
    'JSON with more behind it': ['42["message"]]'],
    'JSON with a comma too many': ['42["message",]'],
    'JSON in single quotes': ["42['message']"],
    'JSON with a word that is none': ['42["message",undefined]'],
    'JSON with a control character in a string': ['42["message","\n"]'],
    'JSON with a bad escape': ['42["message","\\x"]'],
    'JSON with a number that is none': ['42["message",01]'],
    'an event of a namespace that is not connected': ['42/custom,["message"]'],
    'an event of a namespace that there is not': ['42/random,["message"]'],
    'a second CONNECT': ['40'],
    'a second CONNECT with a payload': ['40{"token":"123"}'],
    'a CONNECT with a list': ['40/custom,[]'],
    'a CONNECT with a string': ['40/custom,"token"'],
    'a CONNECT with null': ['40/custom,null'],
    'a CONNECT with JSON that is none': ['40/custom,{"token"}'],
    'a DISCONNECT with a payload': ['41{}'],
    'a DISCONNECT with text': ['41bye'],
    'a DISCONNECT from a namespace that is not connected': ['41/custom,'],
    'a CONNECT_ERROR': ['44{"message":"no"}'],
    'a CONNECT_ERROR with text': ['44"no"'],
    'a CONNECT_ERROR of another namespace': ['44/custom,{"message":"no"}'],
    'an acknowledgement with an object': ['431{}'],
    'an acknowledgement with text': ['431"yes"'],
    'a binary event without a count': ['45["message"]'],
    'a binary event with letters for a count': ['45a-["message"]'],
    'a binary event without a dash': ['451["message"]'],
    'a binary event with nothing attached': ['450-["message"]'],
    'a binary acknowledgement with nothing attached': ['460-1[]'],
    'a binary event with a negative count': ['45-1-["message"]'],
    'a binary event with half an attachment': [`450.5-["message",${spot(0)}]`],
    'a binary event with more attachments than are allowed': [`4565-["message",${spot(0)}]`],
    'a binary event with an object': ['451-{}', bytes],
    'a text where an attachment is due': [`451-["message",${spot(0)}]`, '42["message"]'],
    'an attachment that nothing refers to': [bytes],
    'an attachment after the last one': [`451-["message-with-ack",${spot(0)}]`, bytes, bytes],
    'a placeholder for an attachment that is not there': [`451-["message",${spot(1)}]`, bytes],
    'a placeholder with a negative number': ['451-["message",{"_placeholder":true,"num":-1}]', bytes],
    'a placeholder with text for a number': ['451-["message",{"_placeholder":true,"num":"0"}]', bytes],
    'a placeholder without a number': ['451-["message",{"_placeholder":true}]', bytes],
};

/// Where the reference looks away, or breaks.
const closingHereOnly = {
    'an attachment without a placeholder': ['451-["message"]', bytes],
    'one placeholder for two attachments': [`452-["message",${spot(0)}]`, bytes, bytes],
    'the same placeholder twice': [`451-["message",${spot(0)},${spot(0)}]`, bytes],
    'JSON that is nested too deeply': [`42["message",${'['.repeat(5000)}${']'.repeat(5000)}]`],
    'spaces before the payload': ['42 ["message"]'],
    'an event with no payload': ['42'],
};

async function assertClosed(frames) {
    await frames.closed();
    bystander.send('42["message","still here"]');
    assert.equal(await bystander.next(), '42["message-back","still here"]');
}

describe('on a WebSocket', () => {
    for (const [what, packets] of Object.entries({ ...closing, ...(againstReference ? {} : closingHereOnly) })) {
        test(what, async () => {
            const frames = await connected(server);
            frames.send(...packets);
            await assertClosed(frames);
        });
    }
});

describe('on long-polling', () => {
    for (const [what, packets] of Object.entries(closing)) {
        test(what, async () => {
            const session = await connectedPolling(server);
            const payload = packets.map((packet) => (typeof packet === 'string' ? packet : `b${packet.toString('base64')}`)).join('\x1e');
            const [{ status }] = await Promise.all([
                session.post(payload).catch(() => ({ status: 400 })),
                // Closing takes a poll, if one comes.
                session.get().catch(() => undefined),
            ]);
            assert.ok(status === 200 || status === 400);
            let polled = await session.get().catch(() => undefined);
            while (polled?.status === 200) polled = await session.get();
            await session.assertGone();
        });
    }
});

describe('before any CONNECT', () => {
    for (const packet of ['42["message"]', '421["message-with-ack"]', '431[]', '41', '44{}', 'hello', '4hello']) {
        test(packet, async () => {
            const frames = await Frames.opened(server);
            frames.send(packet);
            await assertClosed(frames);
        });
    }
});
