/**
 * Python that runs a class: it reads the script, finds the class, gives it the base class, calls run() and writes what that returns as output
 * `result`. It runs under every Python 3 from 3.5 on. `@WORD@` stands for something that {@link viriScript} puts in; the comments of this file
 * are for its readers, none are shipped.
 *
 * The script is a module of its own (`__name__` is `viri_script`), and its lines appear in tracebacks as `script.py`; frames of this launcher
 * do not. Of several classes with run() those that another one inherits from do not count.
 */
const launcher = `
import sys,os,json,types,linecache,traceback,logging
NAME='script.py'
SOURCE=@SOURCE@
LIMIT=@LIMIT@
def say(text):
 sys.stdout.flush()
 sys.stderr.write('viri: '+text+'\\n')
 sys.exit(1)
def folder():
 home=os.path.join(os.path.expanduser('~'),'.drover')
 state=os.environ.get('DROVER_STATE_DIR') or ('/var/lib/drover' if os.name=='posix' else os.path.join(os.environ.get('LOCALAPPDATA') or home,'Drover'))
 for path in [os.environ.get('DROVER_DATA_DIR'),os.path.join(state,'data'),os.path.join(home,'data')]:
  try:
   if path:
    os.makedirs(path,mode=0o700,exist_ok=True)
    if os.access(path,os.W_OK):return path
  except OSError:pass
 raise OSError('there is no data_dir: neither '+os.path.join(state,'data')+' nor '+os.path.join(home,'data')+' can be made')
class ViriScript(object):
 args=sys.argv[1:]
 env=os.environ
 log=logging.getLogger('viri')
 @property
 def data_dir(self):return folder()
 def output(self,name,value):write(name,value)
def text_of(value):
 if not isinstance(value,str):
  try:value=json.dumps(value,ensure_ascii=False,allow_nan=False)
  except Exception:value=repr(value)
 return value.encode('utf-8','replace').decode('utf-8')
def write(name,value):
 path=os.environ.get('DROVER_OUTPUT')
 line=(json.dumps({name:text_of(value)},ensure_ascii=False)+'\\n').encode('utf-8')
 if not path:
  sys.stdout.flush()
  sys.stdout.buffer.write(line)
  return
 size=len(line)+(os.path.getsize(path) if os.path.exists(path) else 0)
 if size>LIMIT:say('the outputs make %d bytes with %r, and an operation has %d for all of them; write what is large to a file in data_dir, or print it'%(size,name,LIMIT))
 with open(path,'ab') as out:out.write(line)
def chosen(module):
 found=[v for v in vars(module).values() if isinstance(v,type) and v.__module__==module.__name__ and callable(getattr(v,'run',None))]
 found=[c for i,c in enumerate(found) if c not in found[:i] and not any(d is not c and issubclass(d,c) for d in found)]
 if not found:say('the script defines no class with a method run()')
 if len(found)>1:say('the script defines several classes with a method run(): '+', '.join(c.__name__ for c in found)+'; only one is run')
 own=found[0]
 return own if issubclass(own,ViriScript) else type(own.__name__,(own,ViriScript),{'__module__':module.__name__,'__doc__':own.__doc__})
def main():
 logging.basicConfig(stream=sys.stderr,level=logging.INFO,format='%(levelname)s %(message)s')
 linecache.cache[NAME]=(len(SOURCE),None,SOURCE.splitlines(True),NAME)
 shim=types.ModuleType('viri')
 shim.ViriScript=ViriScript
 module=types.ModuleType('viri_script')
 module.ViriScript=ViriScript
 module.__file__=os.path.abspath(sys.argv[0])
 sys.modules['viri']=shim
 sys.modules['viri_script']=module
 try:
  exec(compile(SOURCE,NAME,'exec',dont_inherit=True),module.__dict__)
  value=chosen(module)().run()
 except Exception as error:
  trace=error.__traceback__
  while trace is not None and trace.tb_frame.f_code.co_filename!=NAME:trace=trace.tb_next
  sys.stdout.flush()
  traceback.print_exception(type(error),error,trace)
  sys.exit(1)
 write('result',value)
main()
`;

/**
 * A text as Python's literal for it. Python reads every escape that JSON writes as JSON does; other characters stand for themselves, and two
 * braces never stand together, because both clouds' agents replace `{{name}}` in what they are sent.
 */
const pythonLiteral = (text: string): string => JSON.stringify(text).replaceAll(/\{(?=\{)/g, '\\x7b');

/** The Python script that runs the class in `script`. `outputsBytes`: how much $DROVER_OUTPUT may hold in the end. */
export const viriScript = (script: string, outputsBytes: number): string =>
  launcher
    .trimStart()
    .replace('@LIMIT@', String(outputsBytes))
    .replace('@SOURCE@', () => pythonLiteral(script));
