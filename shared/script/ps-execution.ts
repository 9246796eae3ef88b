/**
 * The wrapper's own text in PowerShell, second half: running the script and answering. Conventions are those of ps-arrival.ts, and so are the
 * names it uses.
 */

/**
 * A job object holds the script's process and all that it starts, whatever becomes of the processes in between. Windows ends them all when the
 * wrapper is killed, because its handle is the only one; `Release` lets go of them, because what a script that ended left running is meant to
 * run. The numbers: JobObjectExtendedLimitInformation is 9, LimitFlags lies at 16 of 112 or 144 bytes, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE is
 * 0x2000 (winnt.h).
 */
export const jobSource = `
using System;using System.Runtime.InteropServices;
public static class DroverJob{
[DllImport("kernel32.dll",CharSet=CharSet.Unicode)]static extern IntPtr CreateJobObject(IntPtr a,string n);
[DllImport("kernel32.dll")]static extern bool AssignProcessToJobObject(IntPtr j,IntPtr p);
[DllImport("kernel32.dll")]static extern bool SetInformationJobObject(IntPtr j,int c,IntPtr i,uint n);
[DllImport("kernel32.dll")]static extern bool TerminateJobObject(IntPtr j,uint c);
static IntPtr job;
static bool Limit(int flags){
int n=IntPtr.Size==8?144:112;
IntPtr p=Marshal.AllocHGlobal(n);
for(int i=0;i<n;i++)Marshal.WriteByte(p,i,0);
Marshal.WriteInt32(p,16,flags);
bool ok=SetInformationJobObject(job,9,p,(uint)n);
Marshal.FreeHGlobal(p);
return ok;
}
public static bool Open(){job=CreateJobObject(IntPtr.Zero,null);return job!=IntPtr.Zero&&Limit(0x2000);}
public static bool Hold(IntPtr p){return AssignProcessToJobObject(job,p);}
public static void Kill(){TerminateJobObject(job,1);}
public static void Release(){Limit(0);}
}
`;

/**
 * What the script's process is: its interpreter looked up along the PATH that it will have (the placeholders of the Microsoft Store, which
 * open the Store, passed over), its file, its directory. `cmd` and `powershell` are also found where Windows has them.
 */
export const prepare = String.raw`
$zExe=''
$zOptions=''
$zDot=''
if([IO.Path]::DirectorySeparatorChar -eq '\'){$zDot='.exe'}
function zTry($n,$o){
  if($zExe){return}
  $path=[string]$zSi.EnvironmentVariables['PATH']+[IO.Path]::PathSeparator+[Environment]::SystemDirectory+[IO.Path]::PathSeparator+$PSHOME
  foreach($d in $path.Split([IO.Path]::PathSeparator)){
    $d=$d.Trim().Trim('"')
    if(-not $d -or $d -like '*\WindowsApps*'){continue}
    try{
      $f=[IO.Path]::Combine($d,$n+$zDot)
      if([IO.File]::Exists($f)){
        $script:zExe=$f
        $script:zOptions=$o
        return
      }
    }catch{}
  }
}
@PROGRAMS@
if(-not $zExe){zRefuse 'interpreter'}
@DIRECTORY@
$zScript=$zFence+'.@SUFFIX@'
try{
  [IO.File]::WriteAllText($zScript,@SCRIPT@,(New-Object Text.UTF8Encoding @MARK@))
  $zO=[IO.File]::Open($zFence+'.o','Append','Write','ReadWrite')
  $zE=[IO.File]::Open($zFence+'.e','Append','Write','ReadWrite')
}catch{zRefuse 'disk'}
`;

/** The working directory; a relative one is relative to where the agent starts scripts. */
export const directory = `
try{
  $zSi.WorkingDirectory=[IO.Path]::Combine([Environment]::CurrentDirectory,@WORKINGDIRECTORY@)
  $zThere=[IO.Directory]::Exists($zSi.WorkingDirectory)
}catch{$zThere=$false}
if(-not $zThere){zRefuse 'directory'}
`;

/** Python writes the local code page into a pipe, unless it is told. */
export const python = `
if(-not $zSi.EnvironmentVariables['PYTHONUTF8']){ds 'PYTHONUTF8' '1'}
`;

/** The libraries as files in a folder of their own, `dw` one, which the language looks through first. */
export const libraries = `
$zLib=$zFence+'.lib'
$zBom=New-Object Text.UTF8Encoding @MARK@
function dw($n,$v){[IO.File]::WriteAllText([IO.Path]::Combine($zLib,$n),$v,$zBom)}
try{
  $null=[IO.Directory]::CreateDirectory($zLib)
  @FILES@
}catch{zRefuse 'disk'}
ds 'DROVER_LIB' $zLib
`;

/** Where the language looks for what is loaded by name. */
export const searchPath = `
$zWas=$zSi.EnvironmentVariables['@SEARCHPATH@']
if($zWas){$zLib+=[string][IO.Path]::PathSeparator+$zWas}
ds '@SEARCHPATH@' $zLib
`;

/**
 * Starts the script and waits: for its end, its time, or a stop. Its streams are copied into their files by the runtime, byte for byte. A
 * process that it leaves behind with its streams open holds nothing up for more than two seconds.
 */
export const run = `
ds 'DROVER_OUTPUT' ($zFence+'.out')
$zSi.FileName=$zExe
$zSi.Arguments=$zOptions+@BEFORE@+$zScript+'"'+$da+@AFTER@
$zSi.UseShellExecute=$false
$zSi.RedirectStandardInput=$true
$zSi.RedirectStandardOutput=$true
$zSi.RedirectStandardError=$true
$zJob=$false
if($zDot){
  try{
    Add-Type -TypeDefinition '@JOBSOURCE@'
    $zJob=[DroverJob]::Open()
  }catch{}
}
$zBegin=$zClock.Elapsed.TotalSeconds
try{$zP=[Diagnostics.Process]::Start($zSi)}catch{zRefuse 'interpreter'}
if($zJob){try{$zJob=[DroverJob]::Hold($zP.Handle)}catch{$zJob=$false}}
try{$zP.StandardInput.Close()}catch{}
$zCopyO=$zP.StandardOutput.BaseStream.CopyToAsync($zO)
$zCopyE=$zP.StandardError.BaseStream.CopyToAsync($zE)
try{[IO.File]::WriteAllText($zFence+'.pid',"$($zP.Id) $(zStart $zP.Id)")}catch{}
$zHow='x'
while(-not $zP.WaitForExit(200)){
  if([IO.File]::Exists($zFence+'.stop')){
    $zHow='c'
    break
  }
  if($zClock.Elapsed.TotalSeconds-$zBegin -ge $zTimeout){
    $zHow='t'
    break
  }
}
$zStatus=-1
if($zHow -ceq 'x'){$zStatus=$zP.ExitCode}else{
  if($zJob){try{[DroverJob]::Kill()}catch{}}else{zKillTree $zP.Id}
  $null=$zP.WaitForExit(5000)
}
$zEnd=$zBorn+$zClock.Elapsed.TotalSeconds
try{$null=[Threading.Tasks.Task]::WaitAll([Threading.Tasks.Task[]]@($zCopyO,$zCopyE),2000)}catch{}
try{$zO.Dispose()}catch{}
try{$zE.Dispose()}catch{}
if($zJob){try{[DroverJob]::Release()}catch{}}
`;

/**
 * The contents of $DROVER_OUTPUT as one field, as in sh. PowerShell 5.1 redirects into UTF-16, with a byte order mark in a new file and
 * without one in a file that holds something; ASCII written so into a file of bytes is told by its zeros.
 */
export const outputs = String.raw`
function zText($p){
  $s=zAll $p
  $b=$zLatin.GetBytes($s)
  if($s.Length -gt 1 -and $b[0] -eq 255 -and $b[1] -eq 254 -and $s.Length%2 -eq 0){
    $s=[Text.Encoding]::Unicode.GetString($b,2,$b.Length-2)
  }else{
    $s=$s.Replace([string][char]0,'').Replace([string][char]255+[string][char]254,'')
    $s=$zUtf.GetString($zLatin.GetBytes($s))
  }
  $s.TrimStart([char]65279).Replace([string][char]13+$zNl,$zNl)
}
@REMOVEFILES@
@MASK@
@REBOOT@
$zOutputs='-'
$zN=zSize ($zFence+'.out')
if($zN -gt 4*@CAP@+9){$zOutputs='!'+$zN}elseif($zN -gt 0){
  $zT=zText ($zFence+'.out')
  $zBytes=$zUtf.GetBytes($zT)
  if($zBytes.Length -gt @CAP@){$zOutputs='!'+$zBytes.Length}
  elseif($zT -cmatch '^[\n -$&-~]*$'){$zOutputs='='+$zT.Replace($zNl,'%')}
  else{$zOutputs='+'+[Convert]::ToBase64String($zBytes)}
}
`;

/**
 * The text to show: each stream's head and tail, sharing the room. An agent that changes the code page of what it returns (Cloud Assistant)
 * gets text that is not ASCII in base64, which a mark of its own tells.
 */
export const text = String.raw`
$zMark='='
$zRoom=@ROOM@
function zHalf($r){[int][Math]::Floor($r/2)}
function zHead($p,$n,$r){if($n -le $r){zRead $p 0 $n}else{zRead $p 0 (zHalf $r)}}
function zTail($p,$n,$r){if($n -le $r){''}else{zRead $p ($n-(zHalf $r)) (zHalf $r)}}
function zCut($n,$r){if($n -le $r){0}else{$n-2*(zHalf $r)}}
$zOs=zSize ($zFence+'.o')
$zEs=zSize ($zFence+'.e')
while($true){
  $zOr=zHalf $zRoom
  $zEr=zHalf $zRoom
  if($zOs -lt $zOr){$zEr=$zRoom-$zOs}
  if($zEs -lt (zHalf $zRoom)){$zOr=$zRoom-$zEs}
  $zA=zHead ($zFence+'.o') $zOs $zOr
  $zB=zTail ($zFence+'.o') $zOs $zOr
  $zC=zHead ($zFence+'.e') $zEs $zEr
  $zD=zTail ($zFence+'.e') $zEs $zEr
  if($zMark -ceq '=b' -or -not @ENCODE@ -or ($zA+$zB+$zC+$zD) -cnotmatch '[^\t\r\n -~]'){break}
  $zMark='=b'
  $zRoom=[int][Math]::Floor($zRoom*3/4)
}
function zShow($s){if($zMark.StartsWith('=b',[StringComparison]::Ordinal)){[Convert]::ToBase64String($zLatin.GetBytes($s))}else{$s}}
$zMark+="$PID-$($zEnd.ToString('0.00',$zIc))="
while(($zA+$zB+$zC+$zD).Contains($zMark)){$zMark+='='}
$zOc=zCut $zOs $zOr
$zEc=zCut $zEs $zEr
$zAll=''
if($zOs+$zEs -gt 0){
  $zAll=(zShow $zA)
  if($zOc -gt 0){$zAll+=$zNl+$zMark+'g'+$zNl+(zShow $zB)}
  $zAll+=$zNl+$zMark+'o'+$zNl+(zShow $zC)
  if($zEc -gt 0){$zAll+=$zNl+$zMark+'g'+$zNl+(zShow $zD)}
  $zAll+=$zNl+$zMark+'e'+$zNl
}
`;

/**
 * The end: record, then print, then the exit status, which never is one that an agent gives a meaning to (SSM: -1 stopped, 168, 169 skip the
 * rest, 3010 reboot and run again; Cloud Assistant: 3009 power off, 3010 reboot). About one arrival in a hundred removes what is older than a
 * week.
 */
export const finish = `
$zUp=''
$zExit=$zStatus
if($zHow -ceq 't'){$zExit=124}
elseif($zStatus -lt 0 -or $zStatus -gt 255 -or @(137,168,169,193,194) -contains $zStatus){$zExit=1}
$zS=$zBorn.ToString('0.00',$zIc)
$zF=$zEnd.ToString('0.00',$zIc)
function zSeal{(zLine "finished $dn $zHow $zStatus $zS $zF $zS $zOs $zEs $zOc $zEc $zUp$zMark $zOutputs $zExit")+$zNl+$zAll}
zAppend $zFence (zSeal)
@UPLOAD@
zPrint (zSeal)
if($zS.EndsWith('.37',[StringComparison]::Ordinal)){
  try{
    $zOld=[DateTime]::UtcNow.AddDays(-7)
    foreach($f in [IO.Directory]::GetFiles($zDir)){
      if([IO.File]::GetLastWriteTimeUtc($f) -lt $zOld){[IO.File]::Delete($f)}
    }
    foreach($f in [IO.Directory]::GetDirectories($zDir)){
      if([IO.Directory]::GetLastWriteTimeUtc($f) -lt $zOld){[IO.Directory]::Delete($f,$true)}
    }
  }catch{}
}
exit $zExit
`;
