# Does the jobs of a test session in one PowerShell process, on a model at the other end of a loopback connection:
#   {"job": "runner", "root", "runner"}   the shipped runner, with the simulator's stand-in for the seams
#   {"job": "script", "text", "value"}    a script that gets $Value (read by the runner's own JSON reader) and whose
#                                         one result is sent back as canonical text
# Each job's answer is {"done": text} or {"failed": text}; calls of the stand-in come before it.
param([string] $StandIn, [string] $Runner)
$ErrorActionPreference = 'Stop'
trap { [System.Console]::Error.WriteLine("$_"); exit 1 }

$client = New-Object System.Net.Sockets.TcpClient
$client.NoDelay = $true
$client.Connect('127.0.0.1', [int][System.Environment]::GetEnvironmentVariable('NOTESFLEET_DRIVER_PORT'))
$encoding = New-Object System.Text.UTF8Encoding $false
$wire = @{
    Reader = New-Object System.IO.StreamReader $client.GetStream(), $encoding
    Writer = New-Object System.IO.StreamWriter $client.GetStream(), $encoding
    Table = $null
}
$wire.Writer.NewLine = "`n"
$wire.Writer.AutoFlush = $true
[System.AppDomain]::CurrentDomain.SetData('notesfleet.wire', $wire)
$wire.Table = (ConvertFrom-Json -InputObject $wire.Reader.ReadLine()).table
. $StandIn
$module = Import-Module -Name ([System.IO.Path]::Combine($Runner, 'Runner.psm1')) -PassThru -DisableNameChecking
# It gives its runner away and nothing else; tests look at its parts.
& $module { Export-ModuleMember -Function * }
Import-Module -ModuleInfo $module -Global -DisableNameChecking

while ($null -ne ($line = $wire.Reader.ReadLine())) {
    $job = (ConvertFrom-StrictJson $line).Value
    try {
        if ($job['job'] -ceq 'runner') { $done = Invoke-Runner -Root $job['root'] -Runner $job['runner'] }
        else { $done = ConvertTo-CanonicalText (& ([scriptblock]::Create('param($Value) ' + $job['text'])) $job['value']) }
        $answer = @{ done = [string]$done }
    }
    catch { $answer = @{ failed = "$($_.Exception.Message) $($_.ScriptStackTrace)" } }
    $wire.Writer.WriteLine((ConvertTo-CanonicalText $answer))
}
