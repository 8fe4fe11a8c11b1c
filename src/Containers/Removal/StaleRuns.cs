using System.Net.Sockets;
using Appliance.Containers.Runtime;

namespace Appliance.Containers.Removal;

/// <summary>Finds run directories that no server will ever take up: their data directories are gone.</summary>
/// <remarks>
/// Where somebody listens for shims' events a server lives, whatever else is true. A directory of which it is not noted
/// whose it is counts as left behind only if nothing lives in it and no volume is mounted that could hold what was
/// not committed: a server that came back to it would find nothing to take up. What a process with another root made is
/// never judged: its paths mean nothing here.
/// </remarks>
public static class StaleRuns
{
    /// <summary>Longer than any start takes: who is making one now is left alone.</summary>
    internal static readonly TimeSpan Age = TimeSpan.FromMinutes(2);

    public static IReadOnlyList<RunDirectory> Find(string parent, TimeProvider clock) =>
        [.. RunDirectory.List(parent).Where(run => !run.IsElsewhere && IsOld(run, clock) && IsLeftBehind(run) && !HasServer(run))];

    private static bool IsOld(RunDirectory run, TimeProvider clock) => clock.GetUtcNow() - Directory.GetLastWriteTimeUtc(run.Root) > Age;

    private static bool IsLeftBehind(RunDirectory run) => run.DataDirectory is { } data
        ? !Directory.Exists(data)
        : RunProcesses.Of(run).Count == 0 && RunRemoval.MountsBelow(Path.Combine(run.Root, "volumes")).Count == 0;

    private static bool HasServer(RunDirectory run)
    {
        if (!File.Exists(run.EventSocket))
        {
            return false;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(run.EventSocket));
            return true;
        }
        catch (SocketException refused)
        {
            // Anything but a plain refusal leaves it open.
            return refused.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }
}
