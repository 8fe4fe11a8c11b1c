using System.Globalization;
using System.Text.Json;
using Appliance.Bench.Objects;
using Appliance.Containers.Guest;
using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Bench.Functions;

/// <summary>
/// Functions whose containers run the program of the self-test's image, which squares a number: what the appliance costs,
/// and not what a Python costs.
/// </summary>
internal sealed class FunctionTarget(ServedAppliance server, string imageId) : IDisposable
{
    private const string Service = "/modal.client.ModalClient/";

    private static readonly byte[] Arguments = [0x82, 0x81, 7, 0xA0];

    private readonly LeanConnection connection = Connect(server);

    public ServedAppliance Server => server;

    public static async Task<FunctionTarget> MakeAsync(ServedAppliance server)
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("appliance-bench-image-");
        try
        {
            foreach (string folder in (string[])["bin", "dev", "etc", "proc", "root", "sys", "tmp"])
            {
                root.CreateSubdirectory(folder);
            }

            GuestPrograms.Unpack(GuestPrograms.Peer, Path.Combine(root.FullName, "bin", "python"));
            string imported = await server.RunAsync("image", "import", root.FullName, "--tag", "bench/peer:latest", "--json");
            return new FunctionTarget(server, JsonDocument.Parse(imported).RootElement[0].GetProperty("image_id").GetString()!);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    public static LeanConnection Connect(ServedAppliance server)
    {
        var connection = new LeanConnection(server.Headers);
        connection.Open(server.GrpcPort);
        return connection;
    }

    public static byte[] Call(LeanConnection connection, string method, IMessage request) => connection.Call(Service + method, request.ToByteArray());

    /// <summary>An app with one function.</summary>
    /// <param name="containers">How many it may have.</param>
    /// <param name="change">Says what else it is.</param>
    /// <returns>The ids of both.</returns>
    public (string App, string Function) Define(uint containers, Action<Function>? change = null)
    {
        string app = AppCreateResponse.Parser.ParseFrom(
            Call("AppCreate", new AppCreateRequest { Description = "bench", AppState = AppState.Ephemeral })).AppId;
        var definition = new Function
        {
            FunctionName = "square",
            ModuleName = "bench",
            ImageId = imageId,
            FunctionType = Function.Types.FunctionType.Function,
            SupportedInputFormats = { DataFormat.Cbor },
            SupportedOutputFormats = { DataFormat.Cbor },
            Resources = new Resources { MilliCpu = 10, MemoryMb = 16 },
            AutoscalerSettings = new AutoscalerSettings { MaxContainers = containers, ScaledownWindow = 600 },
        };
        change?.Invoke(definition);
        FunctionCreateResponse created = FunctionCreateResponse.Parser.ParseFrom(
            Call("FunctionCreate", new FunctionCreateRequest { AppId = app, Function = definition }));
        Call("AppPublish", new AppPublishRequest
        {
            AppId = app,
            AppState = AppState.Ephemeral,
            FunctionIds = { [definition.FunctionName] = created.FunctionId },
            DefinitionIds = { [created.FunctionId] = created.HandleMetadata.DefinitionId },
        });
        return (app, created.FunctionId);
    }

    public void Stop(string app) => Call("AppStop", new AppStopRequest { AppId = app });

    /// <summary>One call, from its arguments to its result.</summary>
    public void CallOnce(string function)
    {
        var map = new FunctionMapRequest
        {
            FunctionId = function,
            FunctionCallType = FunctionCallType.Unary,
            FunctionCallInvocationType = FunctionCallInvocationType.Sync,
            PipelinedInputs = { Item(0) },
        };
        string call = FunctionMapResponse.Parser.ParseFrom(Call("FunctionMap", map)).FunctionCallId;
        while (true)
        {
            var wait = new FunctionGetOutputsRequest { FunctionCallId = call, Timeout = 50, LastEntryId = "0-0", ClearOnSuccess = true };
            FunctionGetOutputsResponse found = FunctionGetOutputsResponse.Parser.ParseFrom(Call("FunctionGetOutputs", wait));
            if (found.Outputs.Count > 0)
            {
                Check(found.Outputs[0]);
                return;
            }
        }
    }

    /// <summary>The smallest call there is: its answer is empty, and nothing is written.</summary>
    public void CallNothing() => Call("ClientHello", new Google.Protobuf.WellKnownTypes.Empty());

    public static FunctionPutInputsItem Item(int position) => new()
    {
        Idx = position, Input = new FunctionInput { Args = UnsafeByteOperations.UnsafeWrap(Arguments), DataFormat = DataFormat.Cbor },
    };

    public static void Check(FunctionGetOutputsItem output)
    {
        if (output.Result.Status != GenericResult.Types.GenericStatus.Success || output.Result.Data.Span is not [0x18 or 0x1B, .., 49])
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"7 squared came back as {output.Result}."));
        }
    }

    public void Dispose() => connection.Dispose();

    private byte[] Call(string method, IMessage request) => Call(connection, method, request);
}
