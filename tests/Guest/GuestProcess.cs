using System.Diagnostics;
using System.Text;

namespace Appliance.Tests.Guest;

/// <summary>A running program whose input, output and signals the test holds.</summary>
internal sealed class GuestProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly Task<string> errors;

    public GuestProcess(string program, params string[] arguments)
        : this(program, arguments, new Dictionary<string, string>())
    {
    }

    public GuestProcess(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        // UTF-8 without a mark: what is written to standard input is exactly what the test wrote.
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => process.Id;

    public StreamWriter Input => process.StandardInput;

    public StreamReader Output => process.StandardOutput;

    /// <summary>The next line; null at the end.</summary>
    public async Task<string?> ReadLineAsync() => await Output.ReadLineAsync().WaitAsync(Limit);

    public async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, process.Id.ToString()]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end of the program and of what still writes to its output.</summary>
    public async Task<(int Status, string Output, string Errors)> EndAsync()
    {
        string rest = await Output.ReadToEndAsync().WaitAsync(Limit);
        await process.WaitForExitAsync().WaitAsync(Limit);
        return (process.ExitCode, rest, await errors.WaitAsync(Limit));
    }

    public static async Task<(int Status, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var run = new GuestProcess(program, arguments);
        run.Input.Close();
        return await run.EndAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }
}
