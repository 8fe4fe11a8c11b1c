using System.Diagnostics;
using System.Text.Json;
using Appliance.Core.Errors;

namespace Appliance.Containers.Shims;

/// <summary>Starts a shim: it puts itself into the background and says where it listens.</summary>
public sealed class ShimStarter(ShimPrograms programs, string eventSocket)
{
    public const string Namespace = "appliance";

    private const string AddressFile = "address";
    private const string UnixScheme = "unix://";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    /// <summary>Starts a shim whose working directory is the bundle.</summary>
    /// <returns>The path of its socket.</returns>
    /// <exception cref="ApplianceException">Unavailable: it did not start; with what it said.</exception>
    public async Task<string> StartAsync(string id, string bundle)
    {
        // The shim opens this name for its own messages; a plain file needs no reader.
        await File.WriteAllBytesAsync(Path.Combine(bundle, "log"), []);
        using Process process = Process.Start(Describe(id, bundle))
            ?? throw new ApplianceException(ErrorKind.Unavailable, $"'{programs.Shim}' could not be started.");
        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(StartTime);
        Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            string address = (await output).Trim();
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0 && address.Length > 0
                ? SocketOf(address)
                : throw new ApplianceException(ErrorKind.Unavailable, $"The shim of container '{id}' did not start: {(await errors).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new ApplianceException(ErrorKind.Unavailable, $"The shim of container '{id}' did not start within {StartTime.TotalSeconds} s.");
        }
    }

    /// <summary>The socket of a shim that was started for the bundle earlier; null when there was none.</summary>
    public static string? FindSocket(string bundle)
    {
        string file = Path.Combine(bundle, AddressFile);
        return File.Exists(file) ? SocketOf(File.ReadAllText(file).Trim()) : null;
    }

    private ProcessStartInfo Describe(string id, string bundle)
    {
        var start = new ProcessStartInfo(programs.Shim)
        {
            WorkingDirectory = bundle,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in new[] { "-namespace", Namespace, "-id", id, "-address", eventSocket, "start" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["TTRPC_ADDRESS"] = eventSocket;
        // A shim waits most of its life: two threads of Go's scheduler do.
        start.Environment["GOMAXPROCS"] = "2";
        return start;
    }

    /// <summary>Older shims print their address, newer ones a JSON object that holds it.</summary>
    private static string SocketOf(string printed)
    {
        string address = printed;
        if (printed.StartsWith('{'))
        {
            using JsonDocument parameters = JsonDocument.Parse(printed);
            address = parameters.RootElement.GetProperty("address").GetString() ?? "";
        }

        return address.StartsWith(UnixScheme, StringComparison.Ordinal) ? address[UnixScheme.Length..] : address;
    }
}
