"""Certificates made with openssl for one test: authorities, and what they sign."""

import pathlib
import subprocess


def run(*command):
    done = subprocess.run(["openssl", *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, text=True)
    if done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(command)}: {done.stdout}")


class Authority:
    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.certificate, self.key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", f"/CN={name}", "-keyout", str(self.key), "-out", str(self.certificate),
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def sign(self, name, names="DNS:localhost,IP:127.0.0.1", usage="serverAuth", days=30, key=None):
        """(certificate, key) as paths; `days` below 0: it has expired. `key` is one that is there already."""
        certificate, own, request = (self.folder / f"{name}.{end}" for end in ("crt", "key", "csr"))
        if key is None:
            run("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", str(own))
        else:
            own = key
        run("req", "-new", "-key", str(own), "-subj", f"/CN={name}", "-out", str(request))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"basicConstraints=CA:FALSE\nextendedKeyUsage={usage}\nsubjectAltName={names}\n")
        # x509 -req takes no time to begin at; an end before now makes one that was never good.
        run("x509", "-req", "-in", str(request), "-CA", str(self.certificate), "-CAkey", str(self.key),
            "-CAcreateserial", "-days", str(days), "-extfile", str(extensions), "-out", str(certificate))
        return certificate, own
