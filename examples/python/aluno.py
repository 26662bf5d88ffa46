"""Every method of the contract from Python, by ctypes: messages are dictionaries, which libaluno reads and writes as JSON.
    with aluno.Client() as client:                        # ALUNO_SERVER, ALUNO_CA, ALUNO_CERT, ALUNO_KEY
        student = client.call("aluno.v1.StudentService/GetStudent", {"id": 7})
Run as a program it registers a student, reads it, lists and shows an error: aluno.py NAME AGE CPF EMAIL"""
import ctypes, json, os, sys
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p, create_string_buffer

lib = ctypes.CDLL(os.environ.get("LIBALUNO", "libaluno.so.0.1"))
FILES = ("server", "ca", "cert", "key")

class Message(ctypes.Structure):  # the first members of aluno_message_desc, and so on below
    _fields_ = [("id", c_char_p), ("name", c_char_p), ("size", c_size_t)]
class Method(ctypes.Structure):
    _fields_ = [("id", c_int), ("name", c_char_p), ("request", POINTER(Message)), ("reply", POINTER(Message))]
class Options(ctypes.Structure):  # `size` says that the members which follow are left out
    _fields_ = [("size", c_size_t), ("contract", c_void_p)] + [(name, c_char_p) for name in FILES]

def declare(name, result, *arguments):
    function = getattr(lib, name)
    function.restype, function.argtypes = result, arguments
    return function

contract = declare("aluno_library_contract", c_void_p)
method_named = declare("aluno_method_named", POINTER(Method), c_char_p, c_size_t)
client_open = declare("aluno_client_open", c_int, POINTER(c_void_p), POINTER(Options), c_char_p)
client_close = declare("aluno_client_close", None, c_void_p)
call = declare("aluno_call", c_int, c_void_p, POINTER(Method), c_char_p, c_char_p, c_void_p, c_char_p)
validate_read = declare("aluno_validate_read", c_int, POINTER(Message), c_char_p, c_int, c_char_p)
from_json = declare("aluno_from_json", c_int, POINTER(Message), c_char_p, c_char_p, c_char_p)
to_json = declare("aluno_to_json", c_size_t, POINTER(Message), c_char_p, c_int, c_char_p, c_size_t)
error_format = declare("aluno_error_format", c_size_t, c_char_p, c_int, c_char_p, c_size_t)
error_type = Message.in_dll(lib, "aluno_error_type")

def text(write, *arguments):  # of a function that is like snprintf
    buffer = create_string_buffer(write(*arguments, None, 0) + 1)
    write(*arguments, buffer, len(buffer))
    return buffer.value.decode()

class Error(Exception):
    def __init__(self, error):  # `fields`: code, reason, message, violations … as the contract has them
        super().__init__(text(error_format, error, 0).strip())
        self.fields = json.loads(text(to_json, byref(error_type), error, 1))

def check(function, *arguments):  # the last argument of every function that can fail is an aluno_error
    error = create_string_buffer(error_type.size)
    if function(*arguments, error) != 0: raise Error(error)

def read(type, request, message, error):  # what cannot be read, and what is not valid, at once
    code = from_json(type, json.dumps(request).encode(), message, error)
    return validate_read(type, message, code, error)

class Client:
    def __init__(self):
        files = (os.environ.get("ALUNO_" + name.upper(), "").encode() or None for name in FILES)
        self.handle = c_void_p()
        check(client_open, byref(self.handle), byref(Options(ctypes.sizeof(Options), contract(), *files)))
    def call(self, name, request):
        method = method_named(name.encode(), len(name.encode()))
        if not (method and self.handle):
            raise ValueError("the client is closed" if method else "there is no method " + name)
        sent, reply = (create_string_buffer(type[0].size) for type in (method[0].request, method[0].reply))
        check(read, method[0].request, request, sent)
        check(call, self.handle, method, sent, reply, None)
        return json.loads(text(to_json, method[0].reply, reply, 1))  # ALUNO_WHOLE: not masked
    def __enter__(self): return self
    def __exit__(self, *raised): client_close(self.handle); self.handle = None

def main(name, age, cpf, email, service="aluno.v1.StudentService/"):
    with Client() as client:
        made = client.call(service + "CreateStudent", {"student": {"name": name, "age": int(age), "br_document": cpf,
                                                                   "email": email}})
        print("created", client.call(service + "GetStudent", {"id": made["id"]})["name"])
        print("listed", len(client.call(service + "ListStudents", {"query": name})["students"]))
        try:
            client.call(service + "CreateStudent", {"student": {"name": name, "age": -1, "br_document": "1"}})
        except Error as error:
            print("refused", error.fields["reason"], error, sep="\n")

if __name__ == "__main__":
    main(*sys.argv[1:])
