import { mostReboots } from './reboot.ts';

/**
 * The wrapper's own text in PowerShell, for Windows nodes; first half: arriving at a node (ps-execution.ts runs the script and answers). It
 * does what the one in POSIX sh does, in the same order, with the same record and the same answer (sh-arrival.ts, sh-execution.ts).
 *
 * It runs unchanged under Windows PowerShell 5.1 and PowerShell 7, and was never executed where it was written, so it keeps to little: .NET
 * calls that both have, no pipelines, no culture-dependent comparisons, no byte arrays out of functions (they would be taken apart); bytes
 * travel as Latin-1 text, one character a byte. Comments and indentation are not shipped and names are shortened (compact-ps.ts), except those
 * that values come with: `dt`, `dl` (text, lines), `ds` (sets a variable of the script), `$dn`, `$df`, `$da` (name of the fence, its file, the
 * script's arguments). `@WORD@` stands for something that render-ps.ts puts in. All of it is ASCII, whatever the values are (ps-literal.ts).
 *
 * Files of one fence, in `<state dir>\f\`, named after the fence: as in sh, and `.pid` (the script's process), `.stop` (somebody wants it
 * ended). The state directory is DROVER_STATE_DIR, else `Drover` in the agent's own local application data, which belongs to nobody else.
 */

/**
 * Output is raw bytes on the standard stream. The console is told UTF-8, because that is what the script's process, which shares it, then
 * writes; an agent that has no console does without.
 */
export const basics = `
$ErrorActionPreference='Stop'
$ProgressPreference='SilentlyContinue'
$zUtf=New-Object Text.UTF8Encoding $false
try{[Console]::OutputEncoding=$zUtf}catch{}
$zClock=[Diagnostics.Stopwatch]::StartNew()
$zBorn=([DateTime]::UtcNow-(New-Object DateTime 1970,1,1)).TotalSeconds
$zLatin=[Text.Encoding]::GetEncoding(28591)
$zOut=[Console]::OpenStandardOutput()
$zNl=[string][char]10
$zIc=[Globalization.CultureInfo]::InvariantCulture
$zSi=New-Object Diagnostics.ProcessStartInfo
$zOwn=$false
$zTimeout=@TIMEOUT@
function dt($s){[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($s))}
function dl($s){$s.Replace([string][char]13,'')}
function ds($n,$v){$zSi.EnvironmentVariables[$n]=$v}
$dn=@NAME@
$df=@FILE@
$da=@ARGS@
function zPrint($s){
  $b=$zLatin.GetBytes($s)
  $zOut.Write($b,0,$b.Length)
  $zOut.Flush()
}
function zSize($p){if([IO.File]::Exists($p)){(New-Object IO.FileInfo $p).Length}else{0}}
function zRead($p,$at,$n){
  $f=[IO.File]::Open($p,'Open','Read','ReadWrite')
  try{
    $null=$f.Seek($at,'Begin')
    $b=New-Object byte[] $n
    $got=0
    while($got -lt $n){
      $k=$f.Read($b,$got,$n-$got)
      if($k -le 0){break}
      $got+=$k
    }
    $zLatin.GetString($b,0,$got)
  }finally{$f.Dispose()}
}
function zAll($p){zRead $p 0 (zSize $p)}
function zAppend($p,$s){
  $b=$zLatin.GetBytes($s)
  $f=[IO.File]::Open($p,'Append','Write','ReadWrite')
  $f.Write($b,0,$b.Length)
  $f.Dispose()
}
# When a process was started; 0 for none.
function zStart($id){try{[Diagnostics.Process]::GetProcessById($id).StartTime.ToFileTimeUtc()}catch{0}}
function zLine($b){
  $b="$b ."
  "drover1 new $($b.Length) $b"
}
# An envelope for a script that was not run here; recorded when the fence is ours, so that a second arrival hears the same.
function zAnswer($k,$d){
  $e=(zLine "$k $dn $d 125")+$zNl
  if($zOwn){try{zAppend $zFence $e}catch{}}
  zPrint $e
  exit 125
}
function zRefuse($c){zAnswer 'refused' $c}
`;

/** Which instance this is. */
export const instance = `
$zId=@INSTANCE@
`;

/** Values that differ per instance: the node's part of the fence, variables, arguments. */
export const table = `
switch -CaseSensitive ($zId){
@ARMS@
default{zRefuse 'instance'}
}
`;

/** The fence: a file created exclusively, with the process that owns it and when that was started. */
export const fence = `
function zClaim($p){
  try{
    $b=$zLatin.GetBytes("$PID $(zStart $PID)$zNl")
    $f=[IO.File]::Open($p,'CreateNew','Write','Read')
    $f.Write($b,0,$b.Length)
    $f.Dispose()
    $true
  }catch{$false}
}
try{
  $zDir=$env:DROVER_STATE_DIR
  if(-not $zDir){$zDir=[IO.Path]::Combine([Environment]::GetFolderPath('LocalApplicationData','Create'),'Drover')}
  $zRooted=[IO.Path]::IsPathRooted($zDir)
  $zDir=[IO.Path]::Combine($zDir,'f')
  if($zRooted){$null=[IO.Directory]::CreateDirectory($zDir)}
}catch{$zRooted=$false}
if(-not $zRooted){zRefuse 'state'}
$zFence=[IO.Path]::Combine($zDir,$df)
$zOwn=zClaim $zFence
if(-not $zOwn -and -not [IO.File]::Exists($zFence)){zRefuse 'state'}
`;

/**
 * Ending what a fence started, from the wrapper or from a stop: by process id, while that is still the one that was started. taskkill goes
 * from parent to child; the wrapper's own job object (ps-execution.ts) finds everything.
 */
export const kill = `
function zLives{
  $w=@()
  try{$w=(zAll ($zFence+'.pid')).Split(' ')}catch{}
  if($w.Length -eq 2 -and [string](zStart $w[0]) -ceq $w[1]){$w[0]}else{''}
}
function zKillTree($id){
  try{$null=& ([IO.Path]::Combine([Environment]::SystemDirectory,'taskkill.exe')) /T /F /PID $id 2>&1}catch{}
  try{[Diagnostics.Process]::GetProcessById($id).Kill()}catch{}
}
`;

/**
 * A second arrival: waits while the owner lives, then prints what it recorded; never runs the script. The owner lives when its pid is that of
 * a process that was started when the owner was. A fence without an owner is one being written just now, or one whose owner died in that
 * instant.
 */
export const replay = `
function zReplay{
  $tries=0
  $until=$zClock.Elapsed.TotalSeconds+$zTimeout+@PATIENCE@
  while($zClock.Elapsed.TotalSeconds -lt $until){
    $t=(zAll $zFence).Split([char]10)
    if($t.Length -gt 1){
      $w=$t[0].Split(' ')
      if([string](zStart $w[0]) -cne $w[1]){break}
    }else{
      $tries+=1
      if($tries -gt 10){break}
    }
    Start-Sleep -Milliseconds 200
  }
  $all=zAll $zFence
  $t=$all.Split([char]10)
  if($t.Length -gt 2 -and $t[1] -clike 'drover1 new * .'){
    zPrint ('drover1 replay '+$all.Substring($t[0].Length+13))
    $w=$t[1].Split(' ')
    exit ([int]$w[$w.Length-2])
  }
  if(zLives){zAnswer 'interrupted' 1}
  @DROPOWN@
  zAnswer 'interrupted' 0
}
`;

/** Only the first arrival goes on. */
export const firstOnly = `
if(-not $zOwn){zReplay}
`;

/** Ending what a fence started, instead of starting something; see sh-arrival.ts. The owner looks for the file and ends the tree; what an owner
 * that is gone has left is killed here, and is gone itself a moment later. */
export const stop = `
if($zOwn){zRefuse 'stopped'}
try{[IO.File]::WriteAllText($zFence+'.stop','')}catch{}
$zFirstLines=(zAll $zFence).Split([char]10)
$zOwner=$zFirstLines[0].Split(' ')
if($zFirstLines.Length -lt 3 -and ($zOwner.Length -lt 2 -or [string](zStart $zOwner[0]) -cne $zOwner[1])){
  $tries=0
  while($tries -lt 25){
    $zLeft=zLives
    if(-not $zLeft){break}
    if($tries -eq 0){zKillTree $zLeft}
    $tries+=1
    Start-Sleep -Milliseconds 200
  }
}
zReplay
`;

/**
 * Going on after a reboot, as sh-reboot.ts does. The boot is known by when the System process was started, which is process 4 on every Windows
 * and which setting the clock does not change; DROVER_BOOT_ID goes before it.
 */
export const reboot = `
$zPass=0
$zFirst=[Math]::Floor($zBorn).ToString('0',$zIc)
$zBoot=[string]$env:DROVER_BOOT_ID
if(-not $zBoot){$zBoot=[string](zStart 4)}
if($zBoot -ceq '0' -or $zBoot -cmatch '[^A-Za-z0-9-]'){$zBoot=''}
function zReboots{
  $t=(zAll $zFence).Split([char]10)
  if($t.Length -gt 2 -and $t[1] -clike 'drover1 new * rebooting * .' -and $t[1].Split(' ')[3] -ceq 'rebooting'){$t[1]}else{''}
}
function zResume($any){
  $line=zReboots
  if(-not $line){return}
  $w=$line.Split(' ')
  if(-not $any -and $w[6] -ceq $zBoot){return}
  $script:zPass=1+[int]$w[5]
  if(zClaim ($zFence+'.r'+$zPass)){
    $script:zOwn=$true
    [IO.File]::WriteAllText($zFence,"$PID $(zStart $PID)$zNl")
    $script:zFirst=$w[7]
    $left=[Math]::Floor($zTimeout-$zBorn+[double]$w[7])
    $script:zTimeout=[Math]::Max(1,[Math]::Min($zTimeout,$left))
  }else{
    $tries=0
    while((zReboots) -ceq $line){
      $tries+=1
      if($tries -gt 50){zAnswer 'interrupted' 0}
      Start-Sleep -Milliseconds 200
    }
  }
}
`;

/** An arrival that is not the first may be the one after the reboot. */
export const resume = `
if(-not $zOwn){zResume $false}
`;

/** A stop of something that waits for its reboot takes its next pass away. */
export const stopResume = `
if(-not $zOwn){zResume $true}
`;

/** At the end: asks the agent for the reboot, with the record of it and no text. */
export const rebootFinish = `
if($zHow -ceq 'x' -and ($zStatus -eq 3010 -or $zStatus -eq 194) -and $zPass -lt ${mostReboots} -and $zBoot){
  $zEnv=(zLine "rebooting $dn $zPass $zBoot $zFirst 3010")+$zNl
  zAppend $zFence $zEnv
  zPrint $zEnv
  exit 3010
}
`;

/** How many reboots there were, for the script. */
export const rebootCount = `
ds 'DROVER_REBOOT_COUNT' ([string]$zPass)
`;
