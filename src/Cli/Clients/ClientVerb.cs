using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Mounts.Clients;

namespace Appliance.Cli.Clients;

/// <summary><c>appliance client …</c>: the Modal client's libraries, which functions run with.</summary>
public static class ClientVerb
{
    private const string AddDescription =
        """
        Take in the Modal client and what it needs: wheels (.whl), directories of them, such as 'pip download -d DIR modal' fills,
        or a directory where they are installed, such as a virtual environment's site-packages.

        Containers of functions start with them. Each version of the client that connects needs its own; what was compiled
        for one version of Python is used with that version only, so name one directory for each.
        """;

    public static Command Create() => new("client", "Keep the Modal client's libraries, which functions run with.") { Add(), List() };

    private static Command Add()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Wheels and directories.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("add", AddDescription) { paths };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            string[] absolute = [.. parsed.GetValue(paths)!.Select(Path.GetFullPath)];
            IReadOnlyList<ClientMount> made = await access.Clients.AddAsync(absolute, cancellation);
            terminal.WriteResult(made, AdminJson.Default.IReadOnlyListClientMount, text => Write(text, made));
            return ExitStatus.Done;
        });
        return command;
    }

    internal static void Write(Terminal terminal, IReadOnlyList<ClientMount> added)
    {
        foreach (ClientMount mount in added)
        {
            terminal.WriteLine($"Added {Subject(mount)} ({ByteText.Count(mount.Files)} files, {ByteText.Of(mount.Bytes)}).");
        }
    }

    private static Command List()
    {
        var command = new Command("list", "List what is here.");
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            IReadOnlyList<ClientMount> mounts = await access.Clients.ListAsync(cancellation);
            terminal.WriteResult(mounts, AdminJson.Default.IReadOnlyListClientMount, text =>
            {
                var table = new TextTable("LIBRARIES", "FILES", "SIZE", "ADDED");
                foreach (ClientMount mount in mounts)
                {
                    table.AddRow(Subject(mount), ByteText.Count(mount.Files), ByteText.Of(mount.Bytes), $"{mount.AddedAt.LocalDateTime:yyyy-MM-dd HH:mm}");
                }

                table.WriteTo(text);
            });
            return ExitStatus.Done;
        });
        return command;
    }

    private static string Subject(ClientMount mount) => mount.Name.StartsWith(ClientLibraries.ClientPrefix, StringComparison.Ordinal)
        ? "modal " + mount.Name[ClientLibraries.ClientPrefix.Length..]
        : "dependencies for " + (mount.Name[ClientLibraries.DependencyPrefix.Length..] is "any" ? "any Python" : mount.Name[ClientLibraries.DependencyPrefix.Length..]);
}
