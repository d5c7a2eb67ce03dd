// A gateway on the way to the server that understands HTTP and knows nothing of WebSockets, as old ones in hospitals do.
import { createServer, request } from 'node:http';

export class Gateway {
    #sockets = new Set();
    #tell;
    /// Resolves when somebody has asked for a WebSocket.
    asked = new Promise((done) => { this.#tell = done; });

    /// `silent`: it does not even answer when asked for an upgrade.
    static async start(server, { silent = false } = {}) {
        const gateway = new Gateway();
        gateway.listener = createServer((near, answer) => {
            const far = request({ host: '127.0.0.1', port: server.port, method: near.method, path: near.url, headers: near.headers });
            far.on('response', (response) => {
                answer.writeHead(response.statusCode, response.headers);
                response.pipe(answer);
            });
            far.on('error', () => answer.destroy());
            answer.on('close', () => far.destroy());
            near.pipe(far);
        });
        gateway.listener.on('upgrade', (_, socket) => {
            gateway.#tell();
            socket.on('error', () => {});
            if (!silent) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        });
        gateway.listener.on('connection', (socket) => {
            gateway.#sockets.add(socket);
            socket.on('close', () => gateway.#sockets.delete(socket));
        });
        await new Promise((done) => gateway.listener.listen(0, '127.0.0.1', done));
        gateway.port = gateway.listener.address().port;
        gateway.url = `http://127.0.0.1:${gateway.port}`;
        return gateway;
    }

    async stop() {
        const closed = new Promise((done) => this.listener.close(done));
        for (const socket of this.#sockets) socket.destroy();
        await closed;
    }
}
