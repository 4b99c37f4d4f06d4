import { experimental, ServerCredentials } from '@grpc/grpc-js';
import type { Certificates, Credentials } from '../../access/certificates.js';

type Provider = experimental.CertificateProvider;

/**
 * The credentials of the gRPC server. Certificates come from a grpc-js certificate provider (experimental in 1.14), which can
 * change them for new connections without a restart.
 */
export const serverCredentials = (certificates: Certificates | null): ServerCredentials => {
  if (certificates === null) return ServerCredentials.createInsecure();
  const provider = providerOf(certificates);
  // In grpc-js 1.14 the first argument is the certificate and the second the authorities, although its types say otherwise.
  return experimental.createCertificateProviderServerCredentials(
    provider,
    // Null, which the types do not mention either, asks clients for no certificate.
    certificates.asksClients ? provider : null,
    certificates.asksClients,
  );
};

const providerOf = (certificates: Certificates): Provider => {
  const identities = fanOf(certificates, ({ cert, key }) => ({ certificate: cert, privateKey: key }));
  const authorities = fanOf(certificates, ({ ca }) => (ca ? { caCertificate: ca } : null));
  return {
    addIdentityCertificateListener: identities.add,
    removeIdentityCertificateListener: identities.remove,
    addCaCertificateListener: authorities.add,
    removeCaCertificateListener: authorities.remove,
  };
};

const fanOf = <T>(certificates: Certificates, select: (credentials: Credentials) => T) => {
  const listeners = new Set<(update: T) => void>();
  certificates.onChange((credentials) => {
    for (const listener of listeners) listener(select(credentials));
  });
  return {
    add: (listener: (update: T) => void) => {
      listeners.add(listener);
      // grpc-js is not ready for an update while it adds its listener.
      process.nextTick(() => listeners.has(listener) && listener(select(certificates.current)));
    },
    remove: (listener: (update: T) => void) => void listeners.delete(listener),
  };
};
