// Debian's python-socketio in a consultation: as clients of Python are written, with handlers that take an event's data and nothing else.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Peer } from '../lib/clients.mjs';
import { everyEvent } from '../lib/every-event.mjs';
import { Line } from '../lib/line.mjs';
import { PythonPeer, transports } from '../lib/python.mjs';
import { Server } from '../lib/server.mjs';
import { Visit } from '../lib/visit.mjs';

const kReturns = { reconnection: true, reconnection_delay: 0.02, reconnection_delay_max: 0.1, randomization_factor: 0 };
let server;

before(async () => { server = await Server.start(); });
after(() => server?.stop());

/// No handler of it has failed, and it ended well.
async function ended(...peers) {
    for (const peer of peers) {
        peer.close();
        if (!(peer instanceof PythonPeer)) continue;
        await peer.next('(disconnect)');
        await peer.end();
        assert.deepEqual(peer.all('(stderr)'), []);
    }
}

describe('a consultation', { concurrency: 2 }, () => {
    for (const transport of Object.keys(transports)) {
        for (const [others, Doctor, Patient] of [['two clients of Python', PythonPeer, PythonPeer], ['Python and npm', PythonPeer, Peer],
            ['npm and Python', Peer, PythonPeer]]) {
            test(`of ${others} over ${transport}`, async () => {
                const visit = await Visit.create(server);
                const doctor = await Doctor.enter(server, await visit.doctor(), { transport });
                const patient = await Patient.enter(server, await visit.patient(), { transport });
                await doctor.next('user_joined');
                await everyEvent(visit, doctor, patient);
                await ended(doctor, patient);
            });
        }

        test(`goes on when the line of the client of Python was cut, over ${transport}`, async () => {
            const visit = await Visit.create(server);
            const line = await Line.start(server);
            try {
                const doctor = await Peer.enter(server, await visit.doctor());
                const patient = await PythonPeer.enter(server, await visit.patient(),
                    { transport, url: `http://127.0.0.1:${line.port}?recovery=0`, options: kReturns });
                await doctor.next('user_joined');
                // Whether the server sees a loss between two polls is another matter.
                const seen = transport !== 'polling';
                for (const round of [1, 2]) {
                    line.cut();
                    if (seen) await doctor.next('user_interrupted');
                    await patient.next('(disconnect)');
                    doctor.emit('toggle_audio', { room_id: doctor.roomId, enabled: false });
                    line.mend();
                    assert.equal((await patient.next('connected')).sid.length > 0, true);
                    patient.enter();
                    assert.equal((await patient.next('joined_room')).participants_count, 2);
                    if (seen) assert.equal((await doctor.next('user_resumed')).user_id, patient.userId);
                    const message = server.secret(`back again, ${round} of ${transport}`);
                    patient.emit('send_message', { room_id: patient.roomId, user_id: patient.userId, message, timestamp: '' });
                    assert.equal((await doctor.next('chat_message')).message, message);
                    await patient.next('chat_message');
                }
                patient.emit('leave_room', { room_id: patient.roomId, user_id: patient.userId });
                assert.equal((await doctor.next('user_left')).user_id, patient.userId);
                const heard = doctor.received.map(({ event }) => event).filter((event) => /^user_/.test(event));
                const losses = doctor.all('user_interrupted').length;
                assert.ok(losses === 2 || !seen && losses < 2);
                assert.deepEqual(heard, ['user_joined', ...Array(losses).fill(['user_interrupted', 'user_resumed']).flat(), 'user_left']);
                assert.deepEqual(patient.all('error'), []);
                await ended(doctor, patient);
            } finally {
                await line.stop();
            }
        });
    }
});

test('recovery is done without by the auth payload, too, and at signaling_server_url', async () => {
    const visit = await Visit.create(server);
    const seat = await visit.doctor();
    const doctor = await PythonPeer.enter(server, seat, { url: seat.signaling_server_url, connect: { auth: { recovery: false } } });
    await doctor.settled();
    await ended(doctor);
});
