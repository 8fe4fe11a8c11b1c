using System.Net;
using System.Net.Sockets;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Gpus;
using Appliance.Hosting.Settings;
using Appliance.Protos.Modal;
using Appliance.Tests.Containers;
using Appliance.Tests.Hosting;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>
/// A server whose functions run in real containers, in which nothing but a shell sleeps: the test itself speaks for them.
/// </summary>
public sealed class FunctionRig : IAsyncLifetime
{
    public const string Collection = "functions";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Few, so that most web functions of the tests are known by their host names alone.</summary>
    private const int WebPortCount = 1;

    private readonly HashSet<TaskId> seen = [];
    private string image = "";

    internal InProcessServer Server { get; private set; } = null!;

    internal ModalClient.ModalClientClient Client => Server.Client;

    internal global::Grpc.Core.Metadata Credentials => Server.Credentials;

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        Server = await InProcessServer.StartAsync(new GpuMachine(), (SettingKeys.WebPorts, FreePorts(WebPortCount)));
        using var files = new BusyboxImage();
        files.AddProgram("python", "echo \"up $MODAL_TASK_ID\"\nexec sleep 1000\n");
        image = await Server.ImportAsync(files, "python:test");
    }

    public async Task DisposeAsync() => await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);

    internal async Task<FunctionApp> CreateAppAsync(AppState state = AppState.Ephemeral, string environment = "")
    {
        var request = new AppCreateRequest { AppState = state, Description = "test", EnvironmentName = environment };
        return new FunctionApp(this, image, (await Client.AppCreateAsync(request, Credentials)).AppId);
    }

    /// <summary>An app with one function, published.</summary>
    internal async Task<(FunctionApp App, string Function)> RunAsync(Action<Function>? change = null)
    {
        FunctionApp app = await CreateAppAsync();
        string function = await app.DefineAsync("f", change);
        await app.PublishAsync();
        return (app, function);
    }

    internal async Task<FunctionMapResponse> CallAsync(
        string function, string argument, FunctionCallInvocationType how = FunctionCallInvocationType.Sync, DataFormat format = DataFormat.Pickle)
    {
        var input = new FunctionInput { Args = ByteString.CopyFromUtf8(argument), DataFormat = format, FinalInput = true };
        return await Client.FunctionMapAsync(
            new FunctionMapRequest
            {
                FunctionId = function,
                FunctionCallType = FunctionCallType.Unary,
                FunctionCallInvocationType = how,
                PipelinedInputs = { new FunctionPutInputsItem { Idx = 0, Input = input } },
            },
            Credentials);
    }

    /// <summary>As clients wait for the one result of a call.</summary>
    internal async Task<FunctionGetOutputsItem> ResultAsync(string call, bool clears = true)
    {
        var request = new FunctionGetOutputsRequest
        {
            FunctionCallId = call, Timeout = 50, LastEntryId = "0-0", ClearOnSuccess = clears, StartIdx = 0, EndIdx = 0,
        };
        return Assert.Single((await Client.FunctionGetOutputsAsync(request, Credentials)).Outputs);
    }

    /// <summary>The next container that the server starts for a function, once its process runs.</summary>
    internal async Task<PeerContainer> NextContainerAsync(string function)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            LiveSandbox? found = Server.Parts.Work.Supervisor.Live.FirstOrDefault(each => each.Definition.Function?.Id == function && seen.Add(each.TaskId));
            if (found is not null)
            {
                await found.Started.WaitAsync(limit.Token);
                return new PeerContainer(Server, found.TaskId);
            }

            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Calls that must be refused.</summary>
    private static string FreePorts(int count)
    {
        while (true)
        {
            int first = Random.Shared.Next(20_000, 30_000);
            try
            {
                foreach (int port in Enumerable.Range(first, count))
                {
                    using var probe = new TcpListener(IPAddress.Loopback, port);
                    probe.Start();
                }

                return $"{first}-{first + count - 1}";
            }
            catch (SocketException)
            {
                // Taken: others are as good.
            }
        }
    }

    internal static async Task<Status> RefusalAsync<T>(AsyncUnaryCall<T> call) =>
        (await Assert.ThrowsAsync<RpcException>(async () => await call)).Status;
}

[CollectionDefinition(FunctionRig.Collection)]
public sealed class FunctionCollection : ICollectionFixture<FunctionRig>;
