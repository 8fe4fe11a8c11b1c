namespace Appliance.Bench.Functions;

/// <summary>
/// The same with the real Python client on both sides. <c>MODAL_PYTHON</c> names a Python that has it (else python3),
/// <c>MODAL_PYTHON_LIBRARIES</c> what containers need of it, <c>MODAL_PYTHON_ROOT</c> a root file system with Python, as
/// build/python-image makes it.
/// </summary>
internal static class ClientCalls
{
    private const string Tag = "bench/python:latest";

    public static async Task RunAsync(BenchReport report, ServedAppliance server)
    {
        string python = Variable("MODAL_PYTHON", "python3");
        string root = Variable("MODAL_PYTHON_ROOT", Path.Combine(ServedAppliance.Root, "build", "obj", "python-image"));
        if (!PythonScript.Has(python, "modal") || !Directory.Exists(root))
        {
            Console.Error.WriteLine($"SKIPPED: calls of the real Python client; '{python}' has no module modal (set MODAL_PYTHON), or '{root}' is missing (set MODAL_PYTHON_ROOT).");
            return;
        }

        await server.RunAsync("image", "import", root, "--tag", Tag);
        if (Environment.GetEnvironmentVariable("MODAL_PYTHON_LIBRARIES") is { } libraries)
        {
            await server.RunAsync(["client", "add", .. libraries.Split(':')]);
        }

        using PythonScript calls = PythonScript.Start(python, "client_calls.py", [Tag], server.Variables);
        Dictionary<string, double> seen = calls.ReadNumbers();
        report.Row("cold call, Python client on both sides", seen["cold"], "µs");
        report.Row("warm call, Python client on both sides, median", seen["p50"], "µs");
        report.Row("… 99 of 100 below", seen["p99"], "µs");
        report.Row("map through one container, Python client on both sides", seen["mapped"], "inputs/s");
    }

    private static string Variable(string name, string otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? set : otherwise;
}
