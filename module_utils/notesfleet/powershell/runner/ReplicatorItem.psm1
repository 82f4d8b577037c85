# The replicator page of a Location: `$SiteMapList` in its DXL, read only (notes_client 4). 50 bytes of header with the
# counts of items and entries at 4 and 6, 24 of outline header, a WORD for each item, then entries of a 72-byte fixed part
# and a variable part. An entry counts as a database where its source names a replica id.
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$script:DxlLimit = 4194304
$script:Header = 74
$script:Fixed = 72
$script:Item = New-Object regex '<item\s+name=[''"]\$SiteMapList[''"][^>]*>\s*<rawitemdata[^>]*>([A-Za-z0-9+/=\s]*)</rawitemdata>'

function Read-ReplicatorPage {
    <# .SYNOPSIS
    The page's entries for databases, in page order: ReplicaId and Value {server, send, receive, enabled}. Throws unreadable. #>
    param([string] $Dxl)
    if ($Dxl.Length -gt $script:DxlLimit) { throw "unreadable: the Location's DXL has $($Dxl.Length) characters" }
    $match = $script:Item.Match($Dxl)
    if (-not $match.Success) { return }
    try { Read-PageEntries ([System.Convert]::FromBase64String(($match.Groups[1].Value -replace '\s', ''))) }
    catch { throw 'unreadable: $SiteMapList is cut or of another layout' }
}

function Read-PageEntries {
    param([byte[]] $Data)
    $place = $script:Header + 2 * [System.BitConverter]::ToUInt16($Data, 4)
    $count = [System.BitConverter]::ToUInt16($Data, 6)
    for ($i = 0; $i -lt $count; $i++) {
        $fixed = [System.BitConverter]::ToUInt16($Data, $place)
        $variable = [System.BitConverter]::ToUInt16($Data, $place + 2)
        if ($fixed -lt $script:Fixed -or $place + $fixed + $variable -gt $Data.Length) { throw 'cut' }
        Read-PageEntry -Data $Data -Place $place -Variable ($place + $fixed) -End ($place + $fixed + $variable)
        $place += $fixed + $variable
    }
}

function Read-PageEntry {
    # The variable part: title, on-click, images, target frame, hide-when, alias, source, preferred server.
    param([byte[]] $Data, [int] $Place, [int] $Variable, [int] $End)
    $at = $Variable
    foreach ($size in 16, 20, 24, 28, 32, 36) { $at += [System.BitConverter]::ToUInt16($Data, $Place + $size) }
    $source = [System.BitConverter]::ToUInt16($Data, $Place + 22)
    if ($source -lt 10) { return }
    if ($at + 10 -gt $End) { throw 'cut' }
    $low = [System.BitConverter]::ToUInt32($Data, $at + 2)
    $high = [System.BitConverter]::ToUInt32($Data, $at + 6)
    $flags = [System.BitConverter]::ToUInt16($Data, $Place + 46)
    $length = [Math]::Min([System.BitConverter]::ToUInt16($Data, $Place + 50), $End - $at - $source) - 2
    $server = $(if ($length -gt 0) { $script:StrictAscii.GetString($Data, $at + $source + 2, $length) } else { '' })
    New-Object psobject -Property @{
        ReplicaId = $high.ToString('X8') + $low.ToString('X8')
        Value = @{ server = $server; send = [bool]($flags -band 2); receive = [bool]($flags -band 4); enabled = [bool]($flags -band 1) }
    }
}

Export-ModuleMember -Function Read-ReplicatorPage
