using Appliance.Tests.Tidy.Bans;
using Appliance.Tests.Tidy.Layout;
using Appliance.Tests.Tidy.Sizes;
using Appliance.Tests.Tidy.Texts;

namespace Appliance.Tests.Tidy;

/// <summary>For every rule, something it must find. Texts that a text rule would find here are written in two halves.</summary>
public static class Canaries
{
    public static readonly IReadOnlyList<(Type Rule, string Path, string Text)> All =
    [
        (typeof(LayerArrows), "src/Blocks/A.cs", "using Appliance.Engine;"),
        (typeof(LayerArrows), "src/Volumes/A.cs", "using Appliance.Images;"),
        (typeof(LayerArrows), "src/Core/A.cs", "class A { Appliance.Native.Files.B b; }"),
        (typeof(LayerArrows), "src/Core/A.cs", "class A { object b = Appliance.Cli.B.Make(); }"),
        (typeof(LayerArrows), "src/Core/A.cs", "using B = Appliance.Cli.B;"),
        (typeof(LayerArrows), "src/Gateways/Fn/A.cs", "using Appliance.Gateways.Modal.Apps;"),
        (typeof(LayerArrows), "src/Gateways/Calls/A.cs", "using Appliance.Gateways.Modal;"),
        (typeof(LayerArrows), "src/Engine/A.cs", "using Grpc.Core;"),
        (typeof(LayerArrows), "src/Grpc/Server/A.cs", "using Appliance.Metadata;"),
        (typeof(LayerArrows), "src/Things/A.cs", ""),
        (typeof(GeneratedTypesStayPut), "src/Engine/A.cs", "using Appliance.Protos.Modal;"),
        (typeof(GeneratedTypesStayPut), "src/Gateways/Modal/A.cs", "using Appliance.Protos.Containerd.TaskV2;"),
        (typeof(NamespaceIsFolder), "src/Core/Ids/A.cs", "namespace Appliance.Core;"),
        (typeof(NamespaceIsFolder), "tests/Core/A.cs", "namespace Appliance.Core;"),
        (typeof(NamespaceIsFolder), "src/Core/A.cs", "class A;"),
        (typeof(TopLevelIsFixed), "Directory.Build.props", "<Project/>"),
        (typeof(SqlInMetadata), "src/Engine/A.cs", "class A { string b = \"SELECT a FROM b\"; }"),
        (typeof(SqlInMetadata), "src/Engine/A.cs", "class A { string b = $\"delete from {1}\"; }"),
        (typeof(SqlInMetadata), "src/Engine/A.cs", "class A { string b = \"\"\"\n  INSERT OR IGNORE INTO c VALUES (1)\n  \"\"\"; }"),
        (typeof(SqlInMetadata), "src/Engine/A.cs", "using Microsoft.Data.Sqlite;"),
        (typeof(NativeInNative), "src/Gpus/A.cs", "class A { [LibraryImport(\"c\")] void B(); }"),
        (typeof(NativeInNative), "src/Gpus/A.cs", "class A { object b = NativeLibrary.Load(\"c\"); }"),
        (typeof(SpaceByPath), "src/Blobs/A.cs", "class A { long b = new DriveInfo(c).AvailableFreeSpace; }"),
        (typeof(ConsoleInTerminal), "src/Cli/A.cs", "class A { void B() => Console.WriteLine(); }"),
        (typeof(ClockIsTimeProvider), "src/Core/A.cs", "class A { object b = DateTime.UtcNow; }"),
        (typeof(ClockIsTimeProvider), "src/Core/A.cs", "class A { object b = System.DateTimeOffset.Now; }"),
        (typeof(TasksHaveOwners), "src/Core/A.cs", "class A { void B() { Task.Run(C); } }"),
        (typeof(TasksHaveOwners), "src/Core/A.cs", "class A { void B() { _ = Task.Run(C); } }"),
        (typeof(TasksHaveOwners), "src/Core/A.cs", "class A { async void B() { } }"),
        (typeof(NothingBlocks), "src/Core/A.cs", "class A { void B() => Thread.Sleep(1); }"),
        (typeof(NothingBlocks), "src/Core/A.cs", "class A { int B() => CAsync().Result; }"),
        (typeof(NothingBlocks), "src/Core/A.cs", "class A { void B() => gate.Wait(); }"),
        (typeof(NothingBlocks), "src/Core/A.cs", "class A { void B() => c.GetAwaiter().GetResult(); }"),
        (typeof(JsonHasContext), "src/Core/A.cs", "class A { object b = JsonSerializer.Serialize(1); }"),
        (typeof(PartialNeedsGenerator), "src/Core/A.cs", "partial class A { int b; }"),
        (typeof(SuppressionsHaveReasons), "src/Core/A.cs", "#pragma warning disable CA1000\nclass A;"),
        (typeof(SuppressionsHaveReasons), "src/Core/A.cs", "[UnconditionalSuppressMessage(\"a\", \"b\")] class A;"),
        (typeof(NamesSaySomething), "src/Core/PathUtils.cs", ""),
        (typeof(NamesSaySomething), "src/Core/A.cs", "class VolumeManager;"),
        (typeof(FilesStaySmall), "src/Core/A.cs", new string('\n', 700) + "class A;"),
        (typeof(FilesStaySmall), "src/Core/A.cs", new string('\n', 100) + "class A;"),
        (typeof(FunctionsStaySmall), "src/Core/A.cs", $"class A {{ void B() {{ {new string('\n', 80)} }} }}"),
        (typeof(FunctionsStaySmall), "src/Core/A.cs", $"class A {{ int B {{ get {{ {new string('\n', 80)} }} }} }}"),
        (typeof(FunctionsStaySmall), "src/Core/A.cs", $"class A {{ object b = () => {{ {new string('\n', 80)} }}; }}"),
        (typeof(DebtHasOwner), "src/Core/A.cs", "// TO" + "DO: later"),
        (typeof(DebtHasOwner), "build/run", "# FIX" + "ME later"),
        (typeof(MapsNameRealFiles), "src/ARCHITECTURE.md", "A call starts in `src/Nowhere/Call.cs`."),
        (typeof(NoMachineTraces), "build/deps", "cp /wo" + "rk/main/a b"),
        (typeof(NoMachineTraces), "tests/package-lock.json", "https://registry.npm" + "js.org/a"),
    ];
}
