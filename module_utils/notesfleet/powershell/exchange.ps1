#Requires -Version 5.1
# One exchange with a PC, in session 0. What it does lies in the runner's folder; this text travels with every order, so
# it only makes sure that the folder is what its hash says. $complex_args.request: ExchangeRequest; output: ExchangeAnswer.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

if (Test-NoSeam 'Get-FolderPath') {
    function Get-FolderPath([string] $Name) { [System.Environment]::GetFolderPath(@{ ProgramFiles = 'ProgramFiles'; ProgramData = 'CommonApplicationData'; SystemRoot = 'Windows' }[$Name]) }
}
if (Test-NoSeam 'Get-FileDigest') {
    function Get-FileDigest([string] $Folder) {
        if (-not [System.IO.Directory]::Exists($Folder)) { return }
        foreach ($path in [System.IO.Directory]::GetFiles($Folder)) {
            New-Object psobject -Property @{ Name = [System.IO.Path]::GetFileName($path); Sha256 = (Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash.ToLowerInvariant() }
        }
    }
}
if (Test-NoSeam 'Import-RunnerModule') { function Import-RunnerModule([string] $Path) { Import-Module -Name $Path -Global -DisableNameChecking } }

function Get-RunnerHash([string] $Folder) {
    # As package.py's runner_hash: SHA-256 of the canonical list of names and SHA-256, sorted by name.
    $lines = [string[]]@(Get-FileDigest -Folder $Folder | ForEach-Object { '{"name":"' + $_.Name + '","sha256":"' + $_.Sha256 + '"}' })
    [System.Array]::Sort($lines, [System.StringComparer]::Ordinal)
    $hash = [System.Security.Cryptography.SHA256]::Create().ComputeHash([System.Text.Encoding]::ASCII.GetBytes('[' + ($lines -join ',') + ']'))
    [System.BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

function Start-Exchange($Request) {
    $folder = (Get-FolderPath -Name 'ProgramFiles') + '\notesfleet\runner\' + $Request.runner.hash
    $state = 'present'
    if ((Get-RunnerHash $folder) -cne $Request.runner.hash) {
        if (Test-NoSeam 'Install-Runner') { return @{ changed = $false; runner = 'missing'; clients = @() } }
        $state = Install-Runner $Request.runner $folder
    }
    Import-RunnerModule -Path "$folder\Exchange.psm1"
    Invoke-Exchange $Request $folder $state
}

try { $answer = Start-Exchange $complex_args.request } catch { $answer = @{ failed = $true; changed = $false; msg = "exchange: $($_.Exception.Message)" } }
$answer | ConvertTo-Json -Depth 6 -Compress
