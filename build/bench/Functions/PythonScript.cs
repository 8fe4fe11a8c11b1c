using System.Diagnostics;
using System.Text.Json;

namespace Appliance.Bench.Functions;

/// <summary>A script beside this file, run by a Python of the machine.</summary>
internal sealed class PythonScript : IDisposable
{
    private readonly Process process;

    private PythonScript(Process process) => this.process = process;

    /// <summary>Starts a script that goes on until it is disposed; <see cref="ReadLine"/> reads what it says.</summary>
    public static PythonScript Start(string python, string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        string path = Path.Combine(ServedAppliance.Root, "build", "bench", "Functions", name);
        var start = new ProcessStartInfo(python, [path, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach ((string variable, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[variable] = value;
        }

        return new PythonScript(Process.Start(start)!);
    }

    /// <summary>Whether a Python has a module.</summary>
    public static bool Has(string python, string module)
    {
        try
        {
            using Process asked = Process.Start(new ProcessStartInfo(python, ["-c", $"import {module}"]) { RedirectStandardError = true })!;
            asked.StandardError.ReadToEnd();
            asked.WaitForExit();
            return asked.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public string ReadLine() => process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The script says nothing.");

    /// <summary>The numbers that it prints at its end.</summary>
    public Dictionary<string, double> ReadNumbers() => JsonDocument.Parse(process.StandardOutput.ReadToEnd().Trim().Split('\n')[^1])
        .RootElement.EnumerateObject().ToDictionary(number => number.Name, number => number.Value.GetDouble());

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
