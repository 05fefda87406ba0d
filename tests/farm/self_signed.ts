/** A key and a certificate for this machine, made on the spot; whoever trusts the certificate trusts its bearer. */
export interface SelfSigned {
  /** Path of the PEM file. */
  readonly certificate: string;
  /** Path of the PEM file. */
  readonly key: string;
}

/** Makes one by OpenSSL, good for a day. */
export async function selfSigned(folder: string, name: string): Promise<SelfSigned> {
  const [certificate, key] = [`${folder}/${name}.crt`, `${folder}/${name}.key`];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "1",
      ],
      ...["-subj", `/CN=${name}`, "-keyout", key, "-out", certificate],
      ...["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return { certificate, key };
}
