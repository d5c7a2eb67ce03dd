// A web server of another origin, as a hospital's portal is: it serves the guide's page and the clients' browser bundles.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ioModule } from './frame.mjs';
import { guideModule, guidePage } from './guide.mjs';
import { meshModule, meshPage } from './mesh.mjs';
import { watchScript } from './watch.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), '../node_modules');
const bundles = { '4.8': 'sio48', '4.6': 'sio46', '4.5': 'sio45', '4.0': 'sio40' };

export class Pages {
    #server;

    static async start() {
        const pages = new Pages();
        const script = 'text/javascript; charset=utf-8';
        const files = new Map([
            ['/', ['text/html; charset=utf-8', guidePage]],
            ['/mesh', ['text/html; charset=utf-8', meshPage]],
            ['/mesh.mjs', [script, meshModule]],
            ['/io.mjs', [script, ioModule]],
            ['/guide.mjs', [script, guideModule]],
            ['/watch.js', [script, watchScript]],
            ['/favicon.ico', ['image/x-icon', '']],
        ]);
        for (const [version, name] of Object.entries(bundles)) {
            files.set(`/clients/${version}.js`, [script, readFileSync(join(packages, name, 'dist/socket.io.js'))]);
        }
        pages.#server = createServer((request, response) => {
            const [type, text] = files.get(new URL(request.url, 'http://localhost').pathname) ?? [];
            response.writeHead(type ? 200 : 404, { 'Content-Type': type ?? 'text/plain' }).end(text);
        });
        await new Promise((done) => pages.#server.listen(0, '127.0.0.1', done));
        pages.origin = `http://localhost:${pages.#server.address().port}`;
        return pages;
    }

    /// The address of the guide's page for one person of a visit; `server` is whatever has the port to go to.
    guide(server, visit, token, options) { return this.#address('/', server, visit, token, options); }

    /// The same of the page for calls of several people; `silent` brings neither camera nor microphone.
    mesh(server, visit, token, options) { return this.#address('/mesh', server, visit, token, options); }

    #address(path, server, visit, token, { version = '4.8', transports, rejoin, silent } = {}) {
        const query = new URLSearchParams({ server: `http://localhost:${server.port}`, session: visit.id, version });
        if (transports) query.set('transports', transports.join(','));
        if (rejoin) query.set('rejoin', '');
        if (silent) query.set('silent', '');
        return `${this.origin}${path}?${query}#${token}`;
    }

    async stop() {
        this.#server.closeAllConnections();
        await new Promise((done) => this.#server.close(done));
    }
}
