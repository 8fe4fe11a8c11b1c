using Appliance.Metadata.Functions;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>What clients are told of functions and classes (contracts/modal.md §2: what must be filled).</summary>
internal static class FunctionMetadata
{
    private const ulong ObjectBytesMax = 2 << 20;
    private const ulong SpawnedObjectBytesMax = 8 << 10;

    public static FunctionHandleMetadata Of(FunctionRecord record, string definitionId, Function function)
    {
        var metadata = new FunctionHandleMetadata
        {
            FunctionName = function.FunctionName,
            FunctionType = function.FunctionType,
            WebUrl = function.WebUrl,
            IsMethod = function.IsMethod,
            UseFunctionId = function.UseFunctionId,
            UseMethodName = function.UseMethodName,
            DefinitionId = definitionId,
            ClassParameterInfo = function.ClassParameterInfo,
            FunctionSchema = function.FunctionSchema,
            AppId = record.AppId.Text,
            MaxObjectSizeBytes = ObjectBytesMax,
            MaxAsyncObjectSizeBytes = SpawnedObjectBytesMax,
            BaseFunctionId = record.BaseId?.Text ?? "",
            SupportedInputFormats = { function.SupportedInputFormats },
            SupportedOutputFormats = { function.SupportedOutputFormats },
            ExperimentalFlashUrls = { function.FlashServiceUrls },
        };
        foreach ((string name, MethodDefinition method) in function.MethodDefinitions)
        {
            metadata.MethodHandleMetadata[name] = new FunctionHandleMetadata
            {
                FunctionName = method.FunctionName,
                FunctionType = method.FunctionType,
                WebUrl = method.WebUrl,
                IsMethod = true,
                UseMethodName = name,
                FunctionSchema = method.FunctionSchema,
                AppId = record.AppId.Text,
                DefinitionId = definitionId,
                MaxObjectSizeBytes = ObjectBytesMax,
                MaxAsyncObjectSizeBytes = SpawnedObjectBytesMax,
                SupportedInputFormats = { method.SupportedInputFormats },
                SupportedOutputFormats = { method.SupportedOutputFormats },
            };
        }

        return metadata;
    }

    /// <summary>Of a function whose definition has not come yet.</summary>
    public static Function Announced(FunctionPrecreateRequest request) => new()
    {
        FunctionName = request.FunctionName,
        FunctionType = request.FunctionType,
        UseFunctionId = request.UseFunctionId,
        UseMethodName = request.UseMethodName,
        WebhookConfig = request.WebhookConfig,
        FunctionSchema = request.FunctionSchema,
        MethodDefinitions = { request.MethodDefinitions },
        SupportedInputFormats = { request.SupportedInputFormats },
        SupportedOutputFormats = { request.SupportedOutputFormats },
    };
}
