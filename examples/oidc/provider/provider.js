// A certified OpenID provider for examples/oidc, on this machine. It believes whatever name and password it is told, has new keys at
// each start, and remembers nothing beyond its end. `npm start --prefix examples/oidc/provider` installs and starts it.
//
// PORT and PUBLIC_URL say where it listens and where the application is. Whoever signs in as `large` gets an ID token of 6 KB.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { PORT = '9090', PUBLIC_URL = 'http://127.0.0.1:8080', ACCESS_TOKEN_SECONDS = '60' } = process.env;
// The application is at 127.0.0.1. To browsers, and for `SameSite`, this is another site, as a provider is.
const issuer = `http://localhost:${PORT}`;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };

// As directories write them: 36 characters each.
const groups = Array.from({ length: 105 }, () => randomUUID());

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'hello',
      client_secret: 'a-secret-for-this-machine-only',
      redirect_uris: [`${PUBLIC_URL}/callback`],
      post_logout_redirect_uris: [`${PUBLIC_URL}/`],
      backchannel_logout_uri: `${PUBLIC_URL}/backchannel-logout`,
      backchannel_logout_session_required: true,
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: [randomUUID()] },
  features: { backchannelLogout: { enabled: true } },
  claims: { openid: ['sub'], profile: ['name', 'groups'] },
  // Claims of the scopes stand in the ID token, too, as they do with most providers.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, ...(id === 'large' && { groups }) }),
  }),
  // Without the check that keeps a provider from asking servers of its own network: the application is one.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  issueRefreshToken: () => true,
  // The strictest there is: a refresh token is good once, and its second use ends all tokens of the sign-in.
  rotateRefreshToken: true,
  ttl: {
    AccessToken: Number(ACCESS_TOKEN_SECONDS),
    Grant: 86_400,
    IdToken: 3_600,
    Interaction: 600,
    RefreshToken: 86_400,
    Session: 86_400,
  },
});

provider.on('server_error', (_, error) => console.error(error));
provider.on('backchannel.error', (_, error) => console.error(error));
createServer({ maxHeaderSize: 65_536 }, provider.callback()).listen(Number(PORT), '127.0.0.1', () => console.log(issuer));
