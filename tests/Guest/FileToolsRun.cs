using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Appliance.Tests.Guest;

/// <summary>One command to the file tools, with what came of it.</summary>
internal sealed record FileToolsRun(int Status, byte[] Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly string[] AsNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];

    public string Text => Encoding.UTF8.GetString(Output);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public JsonElement Error => JsonDocument.Parse(Errors).RootElement;

    public static string Command(string operation, string path, params (string Name, JsonNode? Value)[] arguments)
    {
        var fields = new JsonObject { ["path"] = path };
        foreach ((string name, JsonNode? value) in arguments)
        {
            fields[name] = value;
        }

        return new JsonObject { [operation] = fields }.ToJsonString();
    }

    public static Task<FileToolsRun> ReadAsync(string path) => RunAsync(Command("ReadFile", path));

    public static Task<FileToolsRun> WriteAsync(string path, string content) => RunAsync(Command("WriteFile", path), Encoding.UTF8.GetBytes(content));

    public static Task<FileToolsRun> WriteAsync(string path, byte[] content) => RunAsync(Command("WriteFile", path), content);

    public static Task<FileToolsRun> StatAsync(string path) => RunAsync(Command("Stat", path));

    public static Task<FileToolsRun> ListAsync(string path) => RunAsync(Command("ListFiles", path));

    public static Task<FileToolsRun> MakeAsync(string path, bool parents) => RunAsync(Command("MakeDirectory", path, ("parents", parents)));

    public static Task<FileToolsRun> RemoveAsync(string path, bool recursive) => RunAsync(Command("Remove", path, ("recursive", recursive)));

    public static Task<FileToolsRun> RunAsNobodyAsync(string command, string input = "") =>
        StartAsync([.. AsNobody, GuestPrograms.FileTools, command], Encoding.UTF8.GetBytes(input));

    public static Task<FileToolsRun> RunAsync(string command, byte[]? input = null) => StartAsync([GuestPrograms.FileTools, command], input ?? []);

    public static async Task<FileToolsRun> StartAsync(string[] arguments, byte[] input)
    {
        var start = new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        using var output = new MemoryStream();
        Task read = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything; how is what the test looks at.
        }

        await process.WaitForExitAsync().WaitAsync(Limit);
        await read;
        return new FileToolsRun(process.ExitCode, output.ToArray(), await errors);
    }

    public FileToolsRun ShouldSucceed()
    {
        Assert.Equal((0, ""), (Status, Errors));
        return this;
    }

    /// <summary>One JSON object with the three fields that clients read, and nothing on standard output.</summary>
    public void ShouldFail(string kind)
    {
        Assert.Equal((1, ""), (Status, Text));
        Assert.Equal(["error_kind", "message", "detail"], Error.EnumerateObject().Select(field => field.Name));
        Assert.Equal(kind, Error.GetProperty("error_kind").GetString());
        Assert.False(string.IsNullOrWhiteSpace(Error.GetProperty("message").GetString()));
    }
}
