using Xunit;

namespace Appliance.Tests.Wire;

/// <summary>
/// Our .proto files say what the tables say: nothing is missing, nothing differs, nothing was made up. Field numbers of a
/// foreign protocol are wrong silently, so this is the only place where a slip shows before a client misbehaves.
/// </summary>
public sealed class DescriptorTableTests
{
    private const string ProtosPrefix = "Appliance.Protos.";

    /// <summary>Which tables describe which generated namespaces. Every namespace occurs once.</summary>
    private static readonly Dictionary<string, Protocol> Protocols = new()
    {
        ["Modal"] = new(["modal_api.tsv", "modal_js_0.11_bundle.tsv"], ["Appliance.Protos.Modal"]),
        ["CommandRouter"] = new(
            ["modal_task_command_router.tsv", "modal_js_0.11_router_bundle.tsv"],
            ["Appliance.Protos.CommandRouter"]),
        ["Fn"] = new(["fn_runner.tsv"], ["Appliance.Protos.Fn"]),
        ["Jina.Legacy"] = new(["jina_3.5.tsv"], ["Appliance.Protos.Jina.Legacy"]),
        ["Jina.V1"] = new(["jina_docarray_v1.tsv"], ["Appliance.Protos.Jina.V1"]),
        ["Jina.V2"] = new(["jina_docarray_v2.tsv"], ["Appliance.Protos.Jina.V2"]),
        ["Kubeflow"] = new(["kfp_v1beta1.tsv", "kfp_names_and_errors.tsv"], ["Appliance.Protos.Kubeflow"]),
        ["Containerd"] = new(
            ["containerd_shim.tsv", "google_rpc.tsv"],
            [
                "Appliance.Protos.Containerd.Events",
                "Appliance.Protos.Containerd.Runc",
                "Appliance.Protos.Containerd.Tasks",
                "Appliance.Protos.Containerd.TaskV2",
                "Appliance.Protos.Containerd.TaskV3",
                "Appliance.Protos.Containerd.Ttrpc",
                "Appliance.Protos.Containerd.Types",
                "Appliance.Protos.Rpc",
            ]),
        ["Grpc"] = new(
            ["grpc_public.tsv"],
            ["Appliance.Protos.Http", "Grpc.Health.V1", "Grpc.Reflection.V1", "Grpc.Reflection.V1Alpha"]),
    };

    public static TheoryData<string> ProtocolNames => new(Protocols.Keys);

    [Theory]
    [MemberData(nameof(ProtocolNames))]
    public void Descriptors_ComparedWithTables_StateTheSameFacts(string protocol)
    {
        var (tables, namespaces) = Protocols[protocol];
        var table = WireTable.Load(tables);
        var facts = DescriptorFacts.Of(GeneratedFiles.In(namespaces));

        Assert.NotEmpty(table.Facts);
        AssertEmpty(Differences(table.Facts, facts));
    }

    /// <summary>
    /// Server reflection shows file names. Only one direction: Modal's messages are spread over more files than upstream.
    /// </summary>
    [Theory]
    [MemberData(nameof(ProtocolNames))]
    public void Descriptors_ComparedWithTables_KeepUpstreamFileNames(string protocol)
    {
        var (tables, namespaces) = Protocols[protocol];
        var names = GeneratedFiles.In(namespaces).Select(file => file.Name).ToHashSet();

        AssertEmpty(WireTable.Load(tables).Files.Except(names).Select(name => $"missing: file {name}"));
    }

    [Fact]
    public void GeneratedNamespaces_AllOfThem_BelongToOneProtocol()
    {
        var known = Protocols.Values.SelectMany(protocol => protocol.Namespaces).ToList();

        Assert.Equal(known.Order(), known.Distinct().Order());
        AssertEmpty(GeneratedFiles.Namespaces.Except(known).Select(name => $"no table describes {name}"));
    }

    /// <summary>The JS SDK's own table: it knows neither enums nor choices, but it was made by other hands.</summary>
    [Fact]
    public void Descriptors_ComparedWithJsAdditions_HoldAllOfThem()
    {
        var files = GeneratedFiles.In(ProtosPrefix + "Modal", ProtosPrefix + "CommandRouter");
        var additions = new JsAdditions(files);
        var rows = WireTable.ReadLines("modal_js_0.11_additions.tsv").ToList();

        Assert.NotEmpty(rows);
        AssertEmpty(rows.Select(additions.Contradiction).OfType<string>());
    }

    [Theory]
    [InlineData("field\tTryCall\t2\tslot_hash_id\tstring", "field\tTryCall\t2\tslot_hash_id\tbytes")]
    [InlineData("field\tTryCall\t2\tslot_hash_id\tstring", "field\tTryCall\t4\tslot_hash_id\tstring")]
    [InlineData("field\tDataFrame\t2\teof\tbool", "field\tDataFrame\t2\teof\tbool\trepeated")]
    [InlineData("field\tDataFrame\t2\teof\tbool", "field\tDataFrame\t2\teof\tbool\toptional")]
    [InlineData("field\tDataFrame\t2\teof\tbool", "field\tDataFrame\t2\teof\tbool\t\t\tdeprecated")]
    [InlineData("field\tClientMsg\t2\tdata\tDataFrame\t\toneof body", "field\tClientMsg\t2\tdata\tDataFrame")]
    [InlineData(
        "rpc\tRunnerProtocol\tEngage\tstream ClientMsg\tstream RunnerMsg",
        "rpc\tRunnerProtocol\tEngage\tstream ClientMsg\tRunnerMsg")]
    [InlineData(
        "value\tLogResponseMsg.Container.Request.Line.Source\t1\tSTDERR",
        "value\tLogResponseMsg.Container.Request.Line.Source\t2\tSTDERR")]
    public void Differences_OneRowChanged_NameBothSides(string row, string changed)
    {
        var rows = WireTable.ReadLines("fn_runner.tsv").ToList();
        Assert.Contains(row, rows);
        var table = WireTable.Parse("changed", rows.Select(other => other == row ? changed : other));

        var differences = Differences(table.Facts, DescriptorFacts.Of(GeneratedFiles.In(ProtosPrefix + "Fn"))).ToList();

        Assert.Collection(
            differences,
            difference => Assert.StartsWith("missing: ", difference),
            difference => Assert.StartsWith("not in the table: ", difference));
    }

    private static IEnumerable<string> Differences(IReadOnlySet<string> table, IReadOnlySet<string> descriptors) =>
        table.Except(descriptors).Order().Select(fact => $"missing: {fact}")
            .Concat(descriptors.Except(table).Order().Select(fact => $"not in the table: {fact}"));

    // All of them in one message: whoever edits a .proto file wants to see the whole damage.
    private static void AssertEmpty(IEnumerable<string> problems)
    {
        var list = problems.ToList();
        Assert.True(list.Count == 0, $"{list.Count} difference(s):\n{string.Join('\n', list)}");
    }

    private sealed record Protocol(string[] Tables, string[] Namespaces);
}
