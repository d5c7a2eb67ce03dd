// The reference servers with the handlers of tests/plugins/engineio-echo and socketio-echo: server.mjs KIND OPTIONS-AS-JSON.
import { createServer } from 'node:http';

import { Server as EngineServer } from 'engine.io';
import { Server } from 'socket.io';

const [kind, json] = process.argv.slice(2);
const { pingInterval, pingTimeout, connectTimeout, upgradeTimeout, origins } = JSON.parse(json);
const cors = { origin: origins === '*' ? '*' : origins.split(','), credentials: origins !== '*' };
const options = { pingInterval, pingTimeout, connectTimeout, upgradeTimeout, maxHttpBufferSize: 1e6, cors };
const http = createServer();

if (kind === 'engineio') {
    const engine = new EngineServer(options);
    engine.attach(http, { path: '/engine.io/' });
    engine.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
} else {
    const io = new Server(http, options);
    for (const nsp of [io.of('/'), io.of('/custom')]) {
        nsp.on('connection', (socket) => {
            socket.emit('auth', socket.handshake.auth);
            socket.on('message', (...args) => socket.emit('message-back', ...args));
            socket.on('message-with-ack', (...args) => {
                const answer = args.pop();
                if (typeof answer === 'function') answer(...args);
            });
        });
    }
}
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
