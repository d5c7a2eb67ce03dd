// Socket.IO over either transport, spoken by hand.
import { Frames } from './frames.mjs';
import { Polling } from './polling.mjs';

/// A WebSocket that has connected to `/`, with what it was told then read.
export async function connected(server) {
    const frames = await Frames.opened(server);
    frames.send('40');
    [frames.connect, frames.auth] = await frames.take(2);
    return frames;
}

/// The same on long-polling.
export async function connectedPolling(server) {
    const session = await Polling.open(server);
    await session.send('40');
    [session.connect, session.auth] = await session.packets(2);
    return session;
}

const attachment = (packet) => (packet[0] === 'b' ? Buffer.from(packet.slice(1), 'base64') : packet);
const packet = (frame) => (typeof frame === 'string' ? frame : `b${Buffer.from(frame).toString('base64')}`);

/// Both transports alike: `send` of frames, `take` of a number of them.
export const transports = {
    WebSocket: async (server) => {
        const frames = await connected(server);
        return { send: async (...sent) => frames.send(...sent), take: (count) => frames.take(count), end: () => frames.destroy() };
    },
    'long-polling': async (server) => {
        const session = await connectedPolling(server);
        return {
            send: (...sent) => session.send(...sent.map(packet)),
            take: async (count) => (await session.packets(count)).map(attachment),
            end: () => session.send('1'),
        };
    },
};
