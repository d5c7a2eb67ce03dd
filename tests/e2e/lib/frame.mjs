// What stands around a client of the tests in its page.

/// `import io from "socket.io-client"` comes here: the client's browser bundle, told only where the server of the test is, which
/// transports the test is about, and to remember what arrives.
export const ioModule = `
export default function io(url, options) {
    const here = url === 'http://localhost:8086' ? config.server : url;
    const socket = window.io(here, { ...options, ...(config.transports ? { transports: config.transports } : {}) });
    socket.onAny((event, ...args) => {
        guide.received.push({ event, data: args[0] });
        if (event === 'connected') guide.idAtConnected = socket.id;
    });
    return socket;
}
`;

/// A page around the client in `module`: it has `config` from the address, and remembers in `guide` what arrives.
export const frame = ({ title, body, module }) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<style>video { width: 320px; height: 240px; background: #222; margin: 4px }</style></head>
<body>
${body}
<script src="/watch.js"></script>
<script>
const query = new URLSearchParams(location.search);
window.config = {
    server: query.get('server'), session: query.get('session'), token: location.hash.slice(1),
    transports: query.get('transports')?.split(','), rejoin: query.has('rejoin'), silent: query.has('silent'),
};
window.guide = { received: [] };
const plainFetch = window.fetch;
window.fetch = (path, init) => plainFetch(config.server + path,
    { ...init, headers: { ...init.headers, Authorization: 'Bearer ' + config.token } });
document.write('<script src="/clients/' + query.get('version') + '.js"><' + '/script>');
</script>
<script type="importmap">{"imports": {"socket.io-client": "/io.mjs"}}</script>
<script type="module" src="${module}"></script>
</body></html>
`;
