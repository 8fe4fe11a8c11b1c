using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Appliance.Gateways.Modal.Probe;

/// <summary>Makes an app of one function and calls it as a Modal client does.</summary>
public sealed class ModalFunctionProbe
{
    private const string AppName = "self-test";
    private const float WaitSeconds = 20;
    private const uint ContainersMax = 2;

    private readonly ModalClient.ModalClientClient client;
    private readonly Grpc.Core.Metadata credentials;

    public ModalFunctionProbe(GrpcChannel channel, string tokenId, string tokenSecret)
    {
        client = new ModalClient.ModalClientClient(channel);
        credentials = new Grpc.Core.Metadata
        {
            { IdentityInterceptor.TokenIdHeader, tokenId },
            { IdentityInterceptor.TokenSecretHeader, tokenSecret },
        };
    }

    /// <summary>Defines a function and publishes its app.</summary>
    public async Task<ProbedFunction> RunAsync(WantedFunction wanted, CancellationToken cancellation)
    {
        AppCreateResponse app = await client.AppCreateAsync(
            new AppCreateRequest { Description = AppName, AppState = AppState.Ephemeral }, credentials, cancellationToken: cancellation);
        var definition = new Function
        {
            FunctionName = wanted.IsClass ? $"{wanted.Name}.*" : wanted.Name,
            ModuleName = AppName,
            ImageId = wanted.ImageId,
            FunctionType = Function.Types.FunctionType.Function,
            IsClass = wanted.IsClass,
            SupportedInputFormats = { DataFormat.Cbor },
            SupportedOutputFormats = { DataFormat.Cbor },
            AutoscalerSettings = new AutoscalerSettings { MaxContainers = ContainersMax },
        };
        if (wanted.IsWeb)
        {
            definition.WebhookConfig = new WebhookConfig { Type = WebhookType.AsgiApp };
        }

        FunctionCreateResponse created = await client.FunctionCreateAsync(
            new FunctionCreateRequest { AppId = app.AppId, Function = definition }, credentials, cancellationToken: cancellation);
        var publication = new AppPublishRequest
        {
            AppId = app.AppId,
            AppState = AppState.Ephemeral,
            FunctionIds = { [definition.FunctionName] = created.FunctionId },
            DefinitionIds = { [created.FunctionId] = created.HandleMetadata.DefinitionId },
        };
        if (wanted.IsClass)
        {
            ClassCreateResponse made = await client.ClassCreateAsync(
                new ClassCreateRequest { AppId = app.AppId }, credentials, cancellationToken: cancellation);
            publication.ClassIds.Add(wanted.Name, made.ClassId);
        }

        await client.AppPublishAsync(publication, credentials, cancellationToken: cancellation);
        return new ProbedFunction(created.FunctionId, created.HandleMetadata.WebUrl);
    }

    /// <summary>An instance of a class that is made with a number.</summary>
    public async Task<ProbedFunction> BindAsync(ProbedFunction of, long parameter, CancellationToken cancellation)
    {
        var value = new ClassParameterValue { Name = "start", Type = ParameterType.ParamTypeInt, IntValue = parameter };
        var request = new FunctionBindParamsRequest
        {
            FunctionId = of.FunctionId, SerializedParams = new ClassParameterSet { Parameters = { value } }.ToByteString(),
        };
        return new ProbedFunction((await client.FunctionBindParamsAsync(request, credentials, cancellationToken: cancellation)).BoundFunctionId, "");
    }

    /// <summary>Calls a function with a number, or a method of an instance.</summary>
    public async Task<ProbedAnswer> CallAsync(ProbedFunction function, ulong number, CancellationToken cancellation, string? method = null)
    {
        FunctionMapResponse call = await client.FunctionMapAsync(
            new FunctionMapRequest
            {
                FunctionId = function.FunctionId,
                FunctionCallType = FunctionCallType.Unary,
                FunctionCallInvocationType = FunctionCallInvocationType.Sync,
                PipelinedInputs = { ToItem(0, number, method) },
            },
            credentials,
            cancellationToken: cancellation);
        return (await CollectAsync(call.FunctionCallId, 1, cancellation))[0];
    }

    /// <summary>Calls a function with each number; answers in their order.</summary>
    public async Task<IReadOnlyList<ProbedAnswer>> MapAsync(ProbedFunction function, IReadOnlyList<ulong> numbers, CancellationToken cancellation)
    {
        FunctionMapResponse call = await client.FunctionMapAsync(
            new FunctionMapRequest { FunctionId = function.FunctionId, FunctionCallType = FunctionCallType.Map },
            credentials,
            cancellationToken: cancellation);
        var inputs = new FunctionPutInputsRequest { FunctionId = function.FunctionId, FunctionCallId = call.FunctionCallId };
        for (int index = 0; index < numbers.Count; index++)
        {
            inputs.Inputs.Add(ToItem(index, numbers[index], null));
        }

        await client.FunctionPutInputsAsync(inputs, credentials, cancellationToken: cancellation);
        return await CollectAsync(call.FunctionCallId, numbers.Count, cancellation);
    }

    private static FunctionPutInputsItem ToItem(int index, ulong number, string? method)
    {
        var input = new FunctionInput { Args = CborNumbers.ToArguments(number), DataFormat = DataFormat.Cbor };
        if (method is not null)
        {
            input.MethodName = method;
        }

        return new FunctionPutInputsItem { Idx = index, Input = input };
    }

    /// <summary>Waits for all results of a call, as they come.</summary>
    private async Task<ProbedAnswer[]> CollectAsync(string call, int count, CancellationToken cancellation)
    {
        var answers = new ProbedAnswer[count];
        string cursor = "0-0";
        for (int left = count; left > 0;)
        {
            FunctionGetOutputsResponse found = await client.FunctionGetOutputsAsync(
                new FunctionGetOutputsRequest { FunctionCallId = call, Timeout = WaitSeconds, LastEntryId = cursor },
                credentials,
                cancellationToken: cancellation);
            cursor = found.LastEntryId;
            left -= found.Outputs.Count;
            foreach (FunctionGetOutputsItem output in found.Outputs)
            {
                bool succeeded = output.Result.Status == GenericResult.Types.GenericStatus.Success;
                answers[output.Idx] = new ProbedAnswer(succeeded ? CborNumbers.Read(output.Result.Data) : null, output.TaskId, output.Result.Exception);
            }
        }

        return answers;
    }
}

/// <summary>What a function is to be.</summary>
public sealed record WantedFunction(string ImageId, string Name)
{
    /// <summary>Whether it is a class of that name.</summary>
    public bool IsClass { get; init; }

    /// <summary>Whether it answers web requests.</summary>
    public bool IsWeb { get; init; }
}

/// <summary>A function that can be called.</summary>
/// <param name="FunctionId">Its id.</param>
/// <param name="WebUrl">Where it answers web requests; empty where it does not.</param>
public sealed record ProbedFunction(string FunctionId, string WebUrl);

/// <summary>What came back of an input.</summary>
/// <param name="Number">What the function returned; null where it failed.</param>
/// <param name="TaskId">The container that did it.</param>
/// <param name="Message">What went wrong; empty where nothing did.</param>
public sealed record ProbedAnswer(ulong? Number, string TaskId, string Message);
