"""Sources that wake every family of bandit's tests, and shapes that radon counts. They are read, never run."""

from textwrap import dedent

INSECURE = {
    name: dedent(text)
    for name, text in {
        "calls": """
            import os, pickle, marshal, shelve, tempfile, random, telnetlib, ftplib, urllib.request, ssl, hashlib, xml.sax
            from xml.etree.ElementTree import parse as p
            import xml.dom.minidom as md
            assert os
            exec("1")
            eval("1"); os.tempnam(); tempfile.mktemp()
            pickle.loads(x); marshal.load(x); shelve.open("x")
            random.random(); urllib.request.urlopen(u); ssl._create_unverified_context()
            p("x"); md.parse("x"); xml.sax.parse("x", h)
            hashlib.md5(b""); hashlib.new("sha1"); hashlib.sha1(b"", usedforsecurity=False)
            os.chmod("x", 0o777); os.chmod(f, 0o750); os.chmod({"b", "a"}, 0o666)
            __import__("telnetlib"); __import__(name); __import__()
            import importlib; importlib.import_module("pickle")
        """,
        "shell": """
            import subprocess, os, popen2, commands
            from subprocess import Popen as run
            subprocess.Popen("ls", shell=True); subprocess.call(cmd, shell=True)
            subprocess.check_output(["ls", "-l"]); run(["/bin/ls"])
            thing(cmd, shell=True); os.system("ls"); os.system(cmd); os.popen("tar *")
            os.execl("x"); os.spawnv(os.P_WAIT, "ls"); os.startfile("x")
            subprocess.Popen(
                "chown * x",
                shell=True,
            )
            async def later():
                await x(subprocess.run("x %s" % y, shell=True))
        """,
        "secrets": """
            password = "one"
            token: str = "two"
            options = {"password": "three", "pwd":
                "four"}
            options["secret"] = "five"
            if password == "six" or self.token == "seven": pass
            login(user, password="eight", passphrase=b"x")
            def connect(user, password="nine", token=None, *, secret="ten"): ...
            async def aconnect(user, password="eleven"): ...
            class A:
                pass_phrase = "x"
                auth_token = '''long
                secret'''
        """,
        "network": """
            import requests, httpx, ssl, paramiko, pysnmp.hlapi as snmp, yaml, socket, logging.config, flask
            requests.get(u); requests.post(u, timeout=None); httpx.get(u, verify=False, timeout=1)
            requests.get(u, timeout=1, verify=False)
            ssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv2); ssl.wrap_socket(); make(method=ssl.PROTOCOL_TLSv1)
            def f(version=ssl.PROTOCOL_SSLv3): ...
            paramiko.SSHClient().exec_command("ls"); client = paramiko.client.SSHClient()
            client.set_missing_host_key_policy(paramiko.client.AutoAddPolicy)
            snmp.CommunityData("public", mpModel=0); snmp.UsmUserData("name")
            yaml.load(x); yaml.load(x, Loader=yaml.SafeLoader); bind = "0.0.0.0"; tmp = "/tmp/x"
            logging.config.listen(9999); app.run(debug=True)
            from flask import Flask
            app.run(debug=True)
        """,
        "crypto": """
            from Crypto.Cipher import DES, ARC4, AES
            from Crypto.Hash import MD5
            from cryptography.hazmat.primitives.asymmetric import rsa, dsa, ec
            from cryptography.hazmat.primitives.ciphers import algorithms, modes
            import Crypto.PublicKey.RSA as R, crypt
            DES.new(k); ARC4.new(k); MD5.new(); algorithms.Blowfish(k); modes.ECB(iv)
            rsa.generate_private_key(65537, 1024); dsa.generate_private_key(key_size=512); ec.generate_private_key(ec.SECP192R1)
            R.generate(1024); crypt.crypt("x", crypt.METHOD_MD5)
        """,
        "templates": """
            import jinja2, mako.template, django.utils.safestring, markupsafe, tarfile, torch
            from django.utils.safestring import mark_safe
            from django.db.models.expressions import RawSQL
            from huggingface_hub import snapshot_download
            jinja2.Environment(); jinja2.Environment(autoescape=False); jinja2.Environment(autoescape=x)
            mako.template.Template("x"); markupsafe.Markup(f"{x}")
            def g(x):
                return mark_safe(x)
            User.objects.filter(x).extra(where=["%s" % x], select={"a": "b %s" % y}); RawSQL("x %s" % y)
            tarfile.open("x").extractall(); tarfile.open("x").extractall(members=pick(t)); tarfile.open("x").extractall(members=m[1])
            torch.load("x"); snapshot_download("a/b"); snapshot_download("a/b", revision="main")
        """,
        "statements": """
            for x in y:
                try:
                    f()
                except:
                    pass
                try:
                    g()
                except Exception:
                    continue
                try: h()
                except ValueError: pass
            q = "SELECT * FROM t WHERE a = '%s'" % x
            q = "DELETE FROM t WHERE " + a + " = " + b
            q = f"INSERT INTO {t} VALUES (1)"
            q = "UPDATE t SET a = '{}'".format(x)
            cursor.execute("SELECT %s FROM " + t)
            d = [*("/tmp", "0.0.0.0")]
            import subprocess  # nosec
            eval(x)  # nosec B307
        """,
        "hidden": "access = 'user\u202e \u2066# admin\u2069'\nexec(x)\n",
        "names": "\uff45\uff56\uff41\uff4c('1')\nfrom . import x\nfrom .pickle import y\nf(*a, **k)\n(lambda: eval)()('x')\n",
        "empty": "",
    }.items()
}

COMPLEX = dedent(
    """
    def plain(): ...
    def branches(a, b, c):
        'Text.'
        if a and b or c: return 1
        elif not a: return 2
        for x in a:
            while x: break
            else: pass
        return [y for y in b if y if c] if a else {z: 1 for z in c}
    async def handlers(x):
        try: await x
        except A: pass
        except (B if x else C): pass
        else: pass
        finally: pass
    def groups(x):
        try: x
        except* A: pass
        except* B: pass
    def cases(x):
        match x:
            case 1 | 2: pass
            case [a, *b] if a and b: pass
            case _: pass
        assert x and x
        with x as y, z: lambda: y if z else x
    class Outer(Base, metaclass=M if X else N):
        attribute = [i for i in x]
        def method(self, d=lambda: 1 if 2 else 3):
            def closure(y):
                def inner():
                    return 1 if y else 2
                return inner or closure
            return closure
        @property
        def decorated(self): return self.x or self.y
        class Inner:
            def deep(self):
                async for x in y: yield x
            class Innermost:
                def deepest(self):
                    if self: return 1
    if x:
        def chosen(): return 1 or 2
    else:
        def chosen(): return 1
    """
)
