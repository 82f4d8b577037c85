# One PowerShell process of a simulated PC. It connects to the simulator, waits for its one job, does it and ends:
#   payload  what ansible-core sent to the PC, with Ansible's own wrappers, the module in a runspace of its own
#   runner   the shipped runner, from the folder where the simulator laid its files
# Standard output, standard error and the exit code are those of the job.
$ErrorActionPreference = 'Stop'
trap { [System.Console]::Error.WriteLine("$_"); exit 1 }

function Connect-Simulator {
    # The port and the token are in the environment, where no list of processes shows them, and leave it here.
    $client = New-Object System.Net.Sockets.TcpClient
    $client.NoDelay = $true
    $client.Connect('127.0.0.1', [int][System.Environment]::GetEnvironmentVariable('NOTESFLEET_STANDIN_PORT'))
    $encoding = New-Object System.Text.UTF8Encoding $false
    $wire = @{
        Reader = New-Object System.IO.StreamReader $client.GetStream(), $encoding
        Writer = New-Object System.IO.StreamWriter $client.GetStream(), $encoding
    }
    $wire.Writer.NewLine = "`n"
    $wire.Writer.AutoFlush = $true
    $wire.Writer.WriteLine([System.Environment]::GetEnvironmentVariable('NOTESFLEET_STANDIN_TOKEN'))
    foreach ($name in 'NOTESFLEET_STANDIN_PORT', 'NOTESFLEET_STANDIN_TOKEN') {
        [System.Environment]::SetEnvironmentVariable($name, $null)
    }
    $wire
}

function New-ModuleSessionState {
    # A runspace made by a wrapper must find the cmdlets of this program, also where they are no module's.
    $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
    $known = @($state.Commands | ForEach-Object { $_.Name })
    foreach ($cmdlet in @($ExecutionContext.InvokeCommand.GetCommands('*', 'Cmdlet', $true))) {
        if ($known -notcontains $cmdlet.Name -and -not $cmdlet.ModuleName) {
            $entry = New-Object System.Management.Automation.Runspaces.SessionStateCmdletEntry $cmdlet.Name, $cmdlet.ImplementingType, $null
            $state.Commands.Add($entry)
        }
    }
    $state
}

function Edit-ModuleWrapper([string] $Line) {
    # The wrapper makes the module's runspace; here it gets the stand-ins first. Its name and place: ansible-core 2.19.
    $found = [regex]::Match($Line, '"module_wrapper\.ps1":\s*\{[^{}]*?"script":\s*"(?<text>[^"]+)"')
    if (-not $found.Success) { return $Line }
    $group = $found.Groups['text']
    $text = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($group.Value))
    $create = '$ps = [PowerShell]::Create()', '$ps = [PowerShell]::Create([InitialSessionState]::CreateDefault2())' |
        Where-Object { $text.Contains($_) } | Select-Object -First 1
    if (-not $create) { throw 'simulator: this ansible-core has a module wrapper that is not known here' }
    $prepared = '$ps = [PowerShell]::Create($global:ModuleSessionState); $null = $ps.AddScript($global:StandInText, $false).AddStatement()'
    $edited = [System.Text.Encoding]::UTF8.GetBytes($text.Replace($create, $prepared))
    $Line.Remove($group.Index, $group.Length).Insert($group.Index, [System.Convert]::ToBase64String($edited))
}

function Invoke-Payload([string] $Command, [string] $Payload) {
    $global:ModuleSessionState = New-ModuleSessionState
    $global:StandInText = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($PSScriptRoot, 'StandIn.ps1'))
    $lines = @($Payload.Split([char]10) | ForEach-Object { Edit-ModuleWrapper $_ })
    # Without Windows' formatting cmdlets `$input | Out-String` is not there; joining the lines is what it is for.
    $code = $Command.Replace('$input | Out-String', '@($input) -join "`n"')
    $lines | & ([scriptblock]::Create($code))
}

function Invoke-ShippedRunner([string] $Folder) {
    . ([System.IO.Path]::Combine($PSScriptRoot, 'StandIn.ps1'))
    & ([System.IO.Path]::Combine($Folder, 'runner.ps1'))
}

$wire = Connect-Simulator
[System.AppDomain]::CurrentDomain.SetData('notesfleet.wire', $wire)
$line = $wire.Reader.ReadLine()
if ($null -eq $line) { exit 0 }
$job = ConvertFrom-Json -InputObject $line
$wire.Table = $job.table
if ($job.job -eq 'payload') { Invoke-Payload $job.command.Substring(1) $job.payload.Substring(1) }
else { Invoke-ShippedRunner $job.folder.Substring(1) }
